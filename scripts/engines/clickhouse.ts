import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { READER_NAME, renderServerConfig, renderUsers, WRITER_NAME } from './clickhouse-config';
import { openInputLeash } from './end-of-input';
import { endWithin, followEngine, waitUntilReady } from './engine-process';
import { freePort } from './free-port';
import type { RunningEngine } from './running-engine';
import { EMBEDDED_CLICKHOUSE_RELEASE } from './versions';

const PROCESS_FILE = fileURLToPath(new URL('clickhouse-process.mjs', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 7_000;

/** An account on the engine. */
export interface EngineAccount {
  user: string;
  password: string;
}

/** A running embedded ClickHouse. */
export interface RunningClickHouse extends RunningEngine {
  /** HTTP interface without credentials, e.g. `http://127.0.0.1:18123`. */
  url: string;
  /** What `SELECT version()` answers. */
  version: string;
  users: { writer: EngineAccount; reader: EngineAccount };
}

export interface ClickHouseOptions {
  /** Created when missing; locked by the engine while it runs. */
  dataDir: string;
  /** 0 or absent: any free port. */
  port?: number;
  listenHost?: string;
  users: { writer: { password: string }; reader: { password: string } };
  /**
   * Adds an in-memory Keeper, a one-shard cluster `signalbox` and the macros cluster, shard and replica, so that tests can
   * create the cluster form of the tables. No ON CLUSTER (the embedded engine runs no distributed statements), and
   * replicated tables take no rows.
   */
  testKeeper?: boolean;
  onOutput?: (chunk: Buffer) => void;
}

/**
 * Starts ClickHouse from the npm package as a child process that ends with this process.
 * @throws Error when it does not answer in 60 s, with the engine's own reason
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<RunningClickHouse> {
  const dataDir = resolve(options.dataDir);
  const listenHost = options.listenHost ?? '127.0.0.1';
  const port = options.port || (await freePort(listenHost));
  const writer = { user: WRITER_NAME, password: options.users.writer.password };
  const reader = { user: READER_NAME, password: options.users.reader.password };
  const configFile = writeConfiguration(dataDir, options);

  const leash = openInputLeash(dataDir);
  const child = spawn(process.execPath, [PROCESS_FILE, configFile, join(dataDir, 'store'), String(port), listenHost], {
    // A session of its own: signals of the terminal reach the owner only.
    detached: true,
    stdio: [leash.readEnd, 'pipe', 'pipe', 'ipc'],
  });
  closeSync(leash.readEnd);
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    closeSync(leash.writeEnd);
  };
  const engine = await followEngine(child, 'ClickHouse', options.onOutput).catch((error: unknown) => {
    release();
    throw error;
  });
  void engine.exited.then(release);
  const stop = async (graceMs = STOP_GRACE_MS): Promise<void> => {
    release();
    await endWithin(child, engine, graceMs);
  };

  const url = `http://${listenHost === '0.0.0.0' ? '127.0.0.1' : listenHost}:${port}`;
  try {
    await waitUntilReady(engine, 'ClickHouse', () => answersPing(url), START_TIMEOUT_MS);
    const version = await askVersion(url, writer);
    if (!version.startsWith(`${EMBEDDED_CLICKHOUSE_RELEASE}.`)) {
      throw new Error(`The embedded ClickHouse is ${version}, expected ${EMBEDDED_CLICKHOUSE_RELEASE}.x: run npm ci.`);
    }
    return { url, port, pid: engine.pid, version, users: { writer, reader }, exited: engine.exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function writeConfiguration(dataDir: string, options: ClickHouseOptions): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const configFile = join(dataDir, 'config.xml');
  const config = {
    usersFile: join(dataDir, 'users.xml'),
    writerPassword: options.users.writer.password,
    readerPassword: options.users.reader.password,
    testKeeper: options.testKeeper ?? false,
  };
  writeFileSync(config.usersFile, renderUsers(config), { mode: 0o600 });
  writeFileSync(configFile, renderServerConfig(config), { mode: 0o600 });
  return configFile;
}

async function answersPing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ping`, { headers: { connection: 'close' } });
    return response.ok;
  } catch {
    return false;
  }
}

async function askVersion(url: string, account: EngineAccount): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: 'SELECT version()',
    headers: { 'x-clickhouse-user': account.user, 'x-clickhouse-key': account.password, connection: 'close' },
  });
  const answer = (await response.text()).trim();
  if (!response.ok) throw new Error(`ClickHouse on ${url} refuses the account ${account.user}: ${answer}`);
  return answer;
}
