import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { databaseUrlOf, prepareDatabaseAccounts } from './database-accounts';
import { installGate } from './install-gate';
import { prepareDatabase } from './prepare-database';

let admin: Client;
let owner: { name: string; url: string };

beforeEach(async () => {
  const { postgresUrl } = inject('engines');
  const [name, password] = [`hospital_${randomBytes(4).toString('hex')}`, randomBytes(12).toString('hex')];
  const url = new URL(postgresUrl);
  [url.username, url.password, url.pathname] = [name, password, name];
  owner = { name, url: url.href };
  admin = new Client({ connectionString: postgresUrl });
  await admin.connect();
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  await admin.query(`CREATE DATABASE ${name} OWNER ${name}`);
  await admin.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  await prepareDatabase(owner.url);
});
afterEach(async () => {
  await admin.query(`DROP DATABASE ${owner.name} WITH (FORCE)`);
  for (const { role } of (await admin.query<{ role: string }>(`SELECT rolname AS role FROM pg_roles WHERE rolname LIKE '${owner.name}%' ORDER BY length(rolname) DESC`)).rows) await admin.query(`DROP ROLE ${role}`);
  await admin.end();
});

it('are made by an owner that may make roles, again at each start, and the gate is installed', async () => {
  await admin.query(`ALTER ROLE ${owner.name} CREATEROLE`);
  const first = await prepareDatabaseAccounts(owner.url);
  if (first === undefined) throw new Error('No roles were made');
  await installGate(owner.url, first);
  const again = await prepareDatabaseAccounts(owner.url);
  expect(again).toEqual(first);
  await installGate(owner.url, first);
  const accounts = [first.observer, first.operator, ...Object.values(first.systems)];
  expect(new Set(accounts.map(({ password }) => password)).size).toBe(accounts.length);
  for (const account of accounts) {
    const client = new Client({ connectionString: databaseUrlOf(owner.url, account) });
    await client.connect();
    expect((await client.query('SELECT current_user AS user')).rows).toEqual([{ user: account.user }]);
    await client.end();
  }
});

it('are not made by one that may not, which leaves everything as it was', async () => {
  expect(await prepareDatabaseAccounts(owner.url)).toBeUndefined();
  const { rows } = await admin.query('SELECT count(*)::int AS roles FROM pg_roles WHERE rolname LIKE $1', [`${owner.name}%`]);
  expect(rows).toEqual([{ roles: 1 }]);
});
