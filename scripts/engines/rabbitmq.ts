import { execFile, spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { endWithin, followEngine, waitUntilReady } from './engine-process';
import { freePort } from './free-port';
import { DATABASE_DIRECTORY, NODE_NAME, rabbitMqEnvironment, writeRabbitMqFiles, type RabbitMqConfig, type RabbitMqPorts } from './rabbitmq-config';
import { findRabbitMq, HOW_TO_GET_RABBITMQ, type RabbitMqPrograms } from './rabbitmq-programs.mjs';
import type { RunningEngine } from './running-engine';
import { startWatchdog } from './watchdog';

/** Stands in the data directory once the node has been ready. */
const INITIALISED = 'initialised';
const START_TIMEOUT_MS = 90_000;
const STOP_GRACE_MS = 10_000;
const COMMAND_TIMEOUT_MS = 60_000;
/** The management interface listens before the administrator of a new node exists; only a refusal that lasts means another password. */
const LASTING_REFUSAL_MS = { newNode: 15_000, knownNode: 3_000 };

/** A running private RabbitMQ node; `port` is AMQP's. */
export interface RunningRabbitMq extends RunningEngine {
  /** Without credentials, e.g. `http://127.0.0.1:15672`. */
  managementUrl: string;
  /** e.g. `3.10.8` */
  version: string;
  /** As RabbitMQ calls it, e.g. in its own command line. */
  nodeName: string;
  /** For commands from another process. */
  config: RabbitMqConfig;
  /**
   * Runs `rabbitmqctl` or `rabbitmq-plugins` on this node.
   * @returns what it wrote
   * @throws Error with the command's own words
   */
  run(program: 'ctl' | 'plugins', args: readonly string[]): Promise<string>;
}

export interface RabbitMqOptions {
  /** Created when missing. */
  dataDir: string;
  /** 0 or absent: any free port. */
  ports?: Partial<RabbitMqPorts>;
  /** Made when the data directory is new, needed ever after. */
  admin: { user: string; password: string };
  /** Ends a start that is under way. */
  signal?: AbortSignal;
  onSpawned?: (pid: number) => void;
  onOutput?: (chunk: Buffer) => void;
}

/**
 * Starts a private node of the RabbitMQ that is installed on this machine, management interface included, as the current
 * user. A watchdog ends it and its port mapper when this process dies. After a `kill -9` on the same data: confirmed messages
 * are there, but queues, exchanges and bindings of the last two seconds may not be (docs/decisions/0014).
 * @throws Error when there is no RabbitMQ, or it does not answer in 90 s, with its own reason
 */
export async function startRabbitMq(options: RabbitMqOptions): Promise<RunningRabbitMq> {
  const programs = findRabbitMq();
  if (!programs) throw new Error(`There is no RabbitMQ on this machine: ${HOW_TO_GET_RABBITMQ}.`);
  const config = { dataDir: resolve(options.dataDir), ports: await choosePorts(options.ports), admin: options.admin };
  const isNew = forgetUnfinishedStart(config.dataDir);
  const lastingRefusalMs = isNew ? LASTING_REFUSAL_MS.newNode : LASTING_REFUSAL_MS.knownNode;
  writeRabbitMqFiles(config);
  const watchdog = startWatchdog(STOP_GRACE_MS);
  const portMapper = await startPortMapper(programs, config).catch(async (error: unknown) => {
    await watchdog.dismiss();
    throw error;
  });
  watchdog.guard([{ pid: portMapper.pid, signal: 'SIGTERM' }]);
  const child = spawn(programs.server, [], {
    cwd: config.dataDir,
    env: rabbitMqEnvironment(config),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const node = await followEngine(child, 'RabbitMQ', options.onOutput).catch(async (error: unknown) => {
    await Promise.all([portMapper.stop(), watchdog.dismiss()]);
    throw error;
  });
  watchdog.guard([node.pid, portMapper.pid].map((pid) => ({ pid, signal: 'SIGTERM' })));
  options.onSpawned?.(node.pid);
  const exited = node.exited.then(async (end) => {
    await Promise.all([portMapper.stop(), watchdog.dismiss()]);
    return end;
  });
  const stop = async (graceMs = STOP_GRACE_MS): Promise<void> => {
    child.kill('SIGTERM');
    await endWithin(child, node, graceMs);
    await exited;
  };
  const giveUp = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    let version: string | undefined;
    let refusedSince: number | null = null;
    const isReady = async (): Promise<boolean> => {
      const answer = await askVersion(config);
      if (answer === 'refused') {
        refusedSince ??= performance.now();
        if (performance.now() - refusedSince > lastingRefusalMs) throw new Error('RabbitMQ refuses the stored password: the data directory was created with another one.');
        return false;
      }
      refusedSince = null;
      version = answer;
      return version !== undefined && (await accepts(config.ports.amqp));
    };
    await waitUntilReady(node, 'RabbitMQ', isReady, START_TIMEOUT_MS);
    writeFileSync(join(config.dataDir, INITIALISED), '');
    return {
      pid: node.pid,
      port: config.ports.amqp,
      managementUrl: `http://127.0.0.1:${config.ports.management}`,
      version: version ?? '',
      nodeName: NODE_NAME,
      config,
      exited,
      stop,
      run: (program, args) => runOnRabbitMq(config, program, args),
    };
  } catch (error) {
    await stop(0);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

/**
 * A node that was killed while it made its database starts again, but believes to be an old one: without quorum queues and
 * streams. It was never ready, so nothing is lost with it.
 * @returns whether the node begins anew
 */
function forgetUnfinishedStart(dataDir: string): boolean {
  if (existsSync(join(dataDir, INITIALISED))) return false;
  rmSync(join(dataDir, DATABASE_DIRECTORY), { recursive: true, force: true });
  return true;
}

async function choosePorts(wanted: Partial<RabbitMqPorts> = {}): Promise<RabbitMqPorts> {
  const portFor = async (name: keyof RabbitMqPorts): Promise<number> => wanted[name] || (await freePort());
  return {
    amqp: await portFor('amqp'),
    management: await portFor('management'),
    distribution: await portFor('distribution'),
    epmd: await portFor('epmd'),
  };
}

interface PortMapper {
  pid: number;
  stop(): Promise<void>;
}

/** In the foreground and of this node's own: the daemon that a node starts by itself would outlive everybody. */
async function startPortMapper(programs: RabbitMqPrograms, config: RabbitMqConfig): Promise<PortMapper> {
  const { epmd } = config.ports;
  const child = spawn(programs.epmd, ['-port', String(epmd), '-address', '127.0.0.1'], {
    cwd: '/',
    env: rabbitMqEnvironment(config),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const mapper = await followEngine(child, "RabbitMQ's port mapper (epmd)", undefined);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await mapper.exited;
  };
  try {
    await waitUntilReady(mapper, "RabbitMQ's port mapper (epmd)", () => accepts(epmd), START_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: mapper.pid, stop };
}

/** The broker's version; undefined while it does not answer, `refused` while it does not know the administrator. */
async function askVersion({ ports, admin }: RabbitMqConfig): Promise<string | undefined> {
  const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${ports.management}/api/overview`, {
      headers: { authorization, connection: 'close' },
      signal: AbortSignal.timeout(5_000),
    });
  } catch {
    return undefined;
  }
  if (response.status === 401) return 'refused';
  if (!response.ok) return undefined;
  const overview = (await response.json().catch(() => ({}))) as { rabbitmq_version?: string };
  return overview.rabbitmq_version;
}

/** As `RunningRabbitMq.run`, from any process of this machine that knows the node's configuration. */
export async function runOnRabbitMq(config: RabbitMqConfig, program: 'ctl' | 'plugins', args: readonly string[]): Promise<string> {
  const programs = findRabbitMq();
  if (!programs) throw new Error(`There is no RabbitMQ on this machine: ${HOW_TO_GET_RABBITMQ}.`);
  try {
    const environment = rabbitMqEnvironment(config);
    const { stdout } = await promisify(execFile)(programs[program], [...args], { env: environment, cwd: config.dataDir, timeout: COMMAND_TIMEOUT_MS });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`RabbitMQ refused "${args[0] ?? program}": ${said || (error instanceof Error ? error.message : String(error))}`, { cause: error });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (accepted: boolean): void => {
      socket.destroy();
      done(accepted);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.setTimeout(1_000, () => answer(false));
  });
}
