import { createClient } from '@clickhouse/client';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createTestClickHouse, createTestPostgres } from './databases';

test('a fresh Postgres database takes tables and goes away', async () => {
  const database = await createTestPostgres();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('CREATE TABLE flows (id text PRIMARY KEY)');
  await client.query("INSERT INTO flows VALUES ('claims')");
  expect((await client.query('SELECT id FROM flows')).rows).toEqual([{ id: 'claims' }]);
  await client.end();
  await database.drop();
  const late = new Client({ connectionString: database.url });
  await expect(late.connect()).rejects.toMatchObject({ code: '3D000' });
});

test('a fresh ClickHouse database: the writer creates and inserts, the reader only reads', async () => {
  const database = await createTestClickHouse();
  const writer = createClient({ url: database.writerUrl });
  const reader = createClient({ url: database.readerUrl });
  await writer.command({ query: 'CREATE TABLE spans (id UInt64) ENGINE = MergeTree ORDER BY id' });
  await writer.command({ query: 'CREATE TABLE counts (n UInt64) ENGINE = MergeTree ORDER BY n' });
  await writer.command({ query: 'CREATE MATERIALIZED VIEW counting TO counts AS SELECT count() AS n FROM spans' });
  await writer.insert({ table: 'spans', values: [{ id: '18446744073709551615' }], format: 'JSONEachRow' });
  const rows = await reader.query({ query: 'SELECT id, (SELECT n FROM counts) AS n FROM spans', format: 'JSONEachRow' });
  expect(await rows.json()).toEqual([{ id: '18446744073709551615', n: '1' }]);
  await expect(reader.command({ query: 'DROP TABLE spans' })).rejects.toThrow(/Not enough privileges|readonly/);
  await Promise.all([writer.close(), reader.close()]);
  await database.drop();
});
