import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startClickHouse } from '@/scripts/engines/clickhouse';
import type { Started } from './side';

const DATABASE = 'signalbox';

export interface BenchClickHouse {
  pid: number;
  /** With account and database, which exists. */
  url: string;
}

/** A new, empty ClickHouse: no merges of an earlier run, and the same settings for both sides. */
export async function startEmptyClickHouse(directory: string, started: Started): Promise<BenchClickHouse> {
  const engine = await startClickHouse({
    dataDir: join(directory, 'clickhouse'),
    users: { writer: { password: randomPassword() }, reader: { password: randomPassword() } },
  });
  started.add(() => engine.stop());
  const { writer } = engine.users;
  const url = new URL(engine.url);
  url.username = writer.user;
  url.password = writer.password;
  await ask(url.href, `CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`);
  url.pathname = DATABASE;
  return { pid: engine.pid, url: url.href };
}

export function randomPassword(): string {
  return randomBytes(18).toString('base64url');
}

/** Runs a statement and returns the answer as text. */
export async function ask(clickhouseUrl: string, sql: string): Promise<string> {
  const { origin, username, password, pathname } = new URL(clickhouseUrl);
  const headers: Record<string, string> = { 'x-clickhouse-user': decodeURIComponent(username), 'x-clickhouse-key': decodeURIComponent(password) };
  const database = pathname.slice(1);
  if (database !== '') headers['x-clickhouse-database'] = database;
  const response = await fetch(origin, { method: 'POST', body: sql, headers });
  const answer = (await response.text()).trim();
  if (!response.ok) throw new Error(`ClickHouse refused "${sql.slice(0, 80)}": ${answer}`);
  return answer;
}
