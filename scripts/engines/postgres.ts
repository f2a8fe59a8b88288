import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { endWithin, followEngine, waitUntilReady } from './engine-process';
import { freePort } from './free-port';
import { postgresIdentity } from './postgres-account';
import {
  clearStaleLock,
  findPostgresPrograms,
  giveDirectory,
  initialiseCluster,
  prepareDirectory,
  SUPERUSER,
} from './postgres-cluster';
import type { RunningEngine } from './running-engine';
import { startWatchdog } from './watchdog';

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 5_000;
/** A killed postmaster's backends hold its memory until they notice. */
const PREDECESSOR_GRACE_MS = 10_000;

/** A running embedded Postgres. */
export interface RunningPostgres extends RunningEngine {
  /** Connection URL of a database on this server, as the superuser. */
  url(database: string): string;
  /** e.g. `18.4` */
  version: string;
}

export interface PostgresOptions {
  /** Created and initialised when missing. */
  dataDir: string;
  /** 0 or absent: any free port. */
  port?: number;
  /** The superuser's; set when the cluster is created, needed ever after. */
  password: string;
  onOutput?: (chunk: Buffer) => void;
}

/**
 * Starts Postgres from the npm package as a child process; a watchdog ends it when this process dies.
 * @throws Error when it does not accept connections in 60 s, with the engine's own reason
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const deadline = Date.now() + PREDECESSOR_GRACE_MS;
  for (;;) {
    try {
      return await startOnce(options);
    } catch (error) {
      const predecessorLives = error instanceof Error && /pre-existing shared memory|lock file "postmaster\.pid"/.test(error.message);
      if (!predecessorLives || Date.now() > deadline) throw error;
    }
  }
}

async function startOnce(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  const port = options.port || (await freePort());
  const programs = await findPostgresPrograms();
  prepareDirectory(dataDir);
  const identity = postgresIdentity([programs.postgres, dataDir]);
  giveDirectory(dataDir, identity);
  initialiseCluster(programs, identity, dataDir, options.password);
  clearStaleLock(dataDir);

  const { program, args, ...account } = identity.command(programs.postgres, ['-D', dataDir, ...settings(port)]);
  const child = spawn(program, args, { ...account, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const engine = await followEngine(child, 'Postgres', options.onOutput);
  const watchdog = startWatchdog(STOP_GRACE_MS);
  watchdog.guard([{ pid: engine.pid, signal: 'SIGINT' }]);
  void engine.exited.then(() => watchdog.dismiss());
  const stop = async (graceMs = STOP_GRACE_MS): Promise<void> => {
    // SIGINT is Postgres's fast shutdown: it ends sessions and writes a checkpoint.
    child.kill('SIGINT');
    await endWithin(child, engine, graceMs);
  };
  const url = (database: string): string =>
    `postgres://${SUPERUSER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  try {
    let version = '';
    const isReady = async (): Promise<boolean> => {
      version = (await askVersion(url(SUPERUSER))) ?? '';
      return version !== '';
    };
    await waitUntilReady(engine, 'Postgres', isReady, START_TIMEOUT_MS);
    return { url, port, pid: engine.pid, version, exited: engine.exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings for one machine and a handful of processes; durability stays at its defaults. */
function settings(port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    password_encryption: 'scram-sha-256',
    log_min_messages: 'warning',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * The server's version; undefined while it does not accept connections.
 * @throws Error when it answers and refuses, e.g. because the password is not the cluster's
 */
async function askVersion(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const answer = await client.query<{ server_version: string }>('SHOW server_version');
    return answer.rows[0]?.server_version.split(' ')[0];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === '28P01') {
      throw new Error('Postgres refuses the stored password: the data directory was created with another one.', { cause: error });
    }
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}
