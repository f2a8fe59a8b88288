import { afterAll, beforeAll, expect, it } from 'vitest';
import { INTERFACE_TABLE, createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { openConnection } from './connection';
import { readPrivileges, readTables } from './catalog';

let database: InterfaceDatabase;
beforeAll(async () => {
  database = await createInterfaceDatabase();
});
afterAll(() => database.drop());

const EVERYBODY = (table: string) => `CREATE POLICY everybody ON ${table} FOR ALL TO PUBLIC USING (true)`;

it.each([
  ['no row security', 'a', () => [], false],
  ['no policy at all, which hides everything', 'b', () => ['ENABLE'], true],
  ['a policy that shows every row to everybody', 'c', (table: string) => ['ENABLE', EVERYBODY(table)], false],
  ['a policy that shows some', 'd', (table: string) => ['ENABLE', `CREATE POLICY part ON ${table} FOR SELECT TO PUBLIC USING (status = 'N')`], true],
  ['every row for us by name', 'e', (table: string) => ['ENABLE', `CREATE POLICY ours ON ${table} FOR SELECT TO ${database.reader.user} USING (true)`], false],
  ['every row for somebody else', 'f', (table: string) => ['ENABLE', `CREATE POLICY theirs ON ${table} FOR SELECT TO pg_monitor USING (true)`], true],
  ['a policy that holds back another role only', 'g', (table: string) => ['ENABLE', EVERYBODY(table), `CREATE POLICY held ON ${table} AS RESTRICTIVE FOR SELECT TO pg_monitor USING (status <> 'N')`], false],
  ['one that holds us back as well', 'h', (table: string) => ['ENABLE', EVERYBODY(table), `CREATE POLICY held ON ${table} AS RESTRICTIVE FOR SELECT TO PUBLIC USING (status <> 'N')`], true],
  ['one about writing only', 'i', (table: string) => ['ENABLE', EVERYBODY(table), `CREATE POLICY held ON ${table} AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false)`], false],
])('knows whether rows may be hidden from us: %s', async (_, table, statements, hides) => {
  await database.run(INTERFACE_TABLE(table));
  for (const statement of statements(table)) await database.run(statement === 'ENABLE' ? `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY` : statement);
  const connection = await openConnection(database.settings, database.reader, { statementMs: 10_000, lockMs: 1_000 });
  const facts = await readTables(connection, [{ schema: 'public', table }]);
  const privileges = (await readPrivileges(connection, ['public'])).find((each) => each.table === table);
  await connection.close();
  expect([facts[0]?.hasRowSecurity, privileges?.hasRowSecurity]).toEqual([hides, hides]);
});
