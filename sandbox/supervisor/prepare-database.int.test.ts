import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestPostgres } from '@/scripts/testing/databases';
import { createTestPostgres } from '@/scripts/testing/databases';
import { prepareDatabase } from './prepare-database';

let database: TestPostgres;
let client: Client;
beforeEach(async () => {
  database = await createTestPostgres();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const claims = async () => (await client.query('SELECT control_number FROM billing.claim')).rows;
const oneClaim = `INSERT INTO billing.claim (control_number, payer_code, charged, status) VALUES ('C1', '00435', 1, 'SUBMITTED')`;

it('keeps the tables it has made', async () => {
  await prepareDatabase(database.url);
  await client.query(oneClaim);
  await prepareDatabase(database.url);
  expect(await claims()).toEqual([{ control_number: 'C1' }]);
});

it('makes tables of another version anew and keeps faults and positions', async () => {
  await prepareDatabase(database.url);
  await client.query(oneClaim);
  await client.query(`UPDATE sandbox.installed SET fingerprint = 'older'`);
  await client.query(`INSERT INTO sandbox.active_fault (name) VALUES ('erp-errors')`);
  await client.query(`INSERT INTO sandbox.stream_cursor (stream, next_index) VALUES ('procedure', 7)`);
  await prepareDatabase(database.url);
  expect(await claims()).toEqual([]);
  expect((await client.query('SELECT name FROM sandbox.active_fault')).rows).toEqual([{ name: 'erp-errors' }]);
  expect((await client.query('SELECT next_index FROM sandbox.stream_cursor')).rows).toEqual([{ next_index: '7' }]);
});

it('leaves a database alone in which somebody else has a schema of that name', async () => {
  await client.query('CREATE SCHEMA billing');
  await client.query('CREATE TABLE billing.invoice (number text)');
  await expect(prepareDatabase(database.url)).rejects.toThrow('already has a schema "billing"');
  expect((await client.query('SELECT count(*)::int AS n FROM billing.invoice')).rows).toEqual([{ n: 0 }]);
});
