import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { isSameProcess, processStartTime, type ProcessIdentity } from '../engines/process-identity.mjs';
import { UsageError } from './arguments.mjs';

/** Where things are in a data directory. */
export interface DataDirectory {
  root: string;
  postgres: string;
  clickHouse: string;
  rabbitMq: string;
  logs: string;
  contracts: string;
  /** Passwords of the users by which the sandbox is watched. */
  credentials: string;
  secretsFile: string;
  portsFile: string;
  supervisorFile: string;
  /** Where the stores of the running installation are, for the command line. */
  environmentFile: string;
  lockFile: string;
}

/**
 * Creates what is missing of a data directory.
 * @throws UsageError when it cannot be written
 */
export function openDataDirectory(root: string): DataDirectory {
  const run = join(root, 'run');
  const directory: DataDirectory = {
    root,
    postgres: join(root, 'postgres'),
    clickHouse: join(root, 'clickhouse'),
    rabbitMq: join(root, 'rabbitmq'),
    logs: join(root, 'logs'),
    contracts: join(root, 'contracts'),
    credentials: join(root, 'credentials'),
    secretsFile: join(root, 'secrets.json'),
    portsFile: join(root, 'ports.json'),
    supervisorFile: join(run, 'supervisor.json'),
    environmentFile: join(run, 'environment.json'),
    lockFile: join(run, 'supervisor.lock'),
  };
  try {
    mkdirSync(root, { recursive: true });
    // Started by root, Postgres runs under its own account and has to pass through to its files.
    chmodSync(root, userInfo().uid === 0 ? 0o711 : 0o700);
    for (const path of [run, directory.logs]) mkdirSync(path, { recursive: true, mode: 0o700 });
    mkdirSync(directory.contracts, { recursive: true });
    writeFileSync(join(run, '.writable'), '');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(',')[0] : String(error);
    throw new UsageError(`The data directory ${root} cannot be written (${reason}): choose another with --data-dir.`);
  }
  return directory;
}

/**
 * Makes this process the only supervisor of a data directory. A lock whose process is gone is taken over.
 * @returns the release
 * @throws UsageError when another supervisor lives
 */
export function lockDataDirectory(directory: DataDirectory): () => void {
  const { lockFile } = directory;
  const mine = `${lockFile}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startTime: processStartTime(process.pid) }));
  try {
    const holder = readHolder(lockFile);
    if (holder && isSameProcess(holder)) throw inUse(directory, holder.pid);
    rmSync(lockFile, { force: true });
    // A link is created whole or not at all, so two starts at once cannot both win.
    linkSync(mine, lockFile);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw inUse(directory, readHolder(lockFile)?.pid);
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(lockFile, { force: true });
}

function readHolder(lockFile: string): ProcessIdentity | undefined {
  if (!existsSync(lockFile)) return undefined;
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function inUse(directory: DataDirectory, pid: number | undefined): UsageError {
  const who = pid === undefined ? '' : ` (pid ${pid})`;
  return new UsageError(`data directory ${directory.root} is in use by another Signalbox${who}; stop it or use --data-dir.`);
}
