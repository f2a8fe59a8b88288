import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** A fresh Postgres database, empty: the suite decides about migrations. */
export interface TestPostgres {
  url: string;
  drop(): Promise<void>;
}

/** A fresh ClickHouse database, empty. The URLs carry account and database: `http://user:password@host:port/database`. */
export interface TestClickHouse {
  database: string;
  writerUrl: string;
  readerUrl: string;
  drop(): Promise<void>;
}

/** Creates a Postgres database on the engine of this test run. */
export async function createTestPostgres(): Promise<TestPostgres> {
  const { postgresUrl } = inject('engines');
  const database = uniqueName();
  await onMaintenanceDatabase(postgresUrl, `CREATE DATABASE ${database}`);
  const url = new URL(postgresUrl);
  url.pathname = database;
  return { url: url.href, drop: () => onMaintenanceDatabase(postgresUrl, `DROP DATABASE ${database} WITH (FORCE)`) };
}

/** Creates a ClickHouse database on the engine of this test run. */
export async function createTestClickHouse(): Promise<TestClickHouse> {
  const { clickHouse } = inject('engines');
  const database = uniqueName();
  const run = async (statement: string): Promise<void> => {
    const response = await fetch(clickHouse.url, {
      method: 'POST',
      body: statement,
      headers: { 'x-clickhouse-user': clickHouse.writer.user, 'x-clickhouse-key': clickHouse.writer.password },
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`ClickHouse refused "${statement}": ${answer}`);
  };
  const urlFor = (account: { user: string; password: string }): string => {
    const url = new URL(clickHouse.url);
    url.username = account.user;
    url.password = account.password;
    url.pathname = database;
    return url.href;
  };
  await run(`CREATE DATABASE ${database} ENGINE = Atomic`);
  return {
    database,
    writerUrl: urlFor(clickHouse.writer),
    readerUrl: urlFor(clickHouse.reader),
    drop: () => run(`DROP DATABASE ${database} SYNC`),
  };
}

/** The prefix is what the engine's accounts may use. */
function uniqueName(): string {
  return `signalbox_test_${randomBytes(6).toString('hex')}`;
}

async function onMaintenanceDatabase(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
