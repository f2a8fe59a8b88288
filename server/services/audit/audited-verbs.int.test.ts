/** Every verb that changes something leaves its event, refusals included, and none leaves a secret in the trail. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { flowText } from '@/server/domain/contracts/testing/contract-texts';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import type { SourceInput } from '@/server/domain/sources/source-input';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { activateDraft } from '../contracts/activate-draft';
import { removeConsoleDocument } from '../contracts/remove-console-document';
import { storeContracts } from '../contracts/store-contracts';
import { signInWithIdentity } from '../sign-in/sign-in-with-identity';
import { signInWithPassword } from '../sign-in/sign-in-with-password';
import { createSource } from '../sources/create-source';
import { discoverSource } from '../sources/discover-source';
import { removeSource } from '../sources/remove-source';
import { setSourceEnabled } from '../sources/set-source-enabled';
import { testSource } from '../sources/test-source';
import { updateSource } from '../sources/update-source';
import { createToken } from '../tokens/create-token';
import { revokeToken } from '../tokens/revoke-token';
import { createUser } from '../users/create-user';
import { disableUser } from '../users/disable-user';
import { ensureFirstRunUsers } from '../users/ensure-first-run-users';
import { resetPassword } from '../users/reset-password';
import { verifyAudit } from './verify-audit';

const PASSWORD = 'correct-horse-battery-staple';
let postgres: TestPostgres;
let connection: PostgresConnection;
let seen: bigint;

beforeAll(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
});
afterAll(async () => {
  expect(await verifyAudit(context())).toMatchObject({ state: 'intact' });
  const everything = JSON.stringify(await connection.db.query.auditEvents.findMany(), (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  for (const secret of [PASSWORD, 'scrypt$', 'sbx_', 'hunter2']) expect(everything).not.toContain(secret);
  await connection.close();
  await postgres.drop();
});
beforeEach(async () => {
  const last = await connection.db.query.auditEvents.findFirst({ columns: { seq: true }, orderBy: (row, { desc }) => [desc(row.seq)] });
  seen = last?.seq ?? 0n;
});

const context = (actor: { kind: 'system'; name: string } | { kind: 'token'; id: string; name: string; grants: [] } = { kind: 'system', name: 'test' }) =>
  ({ db: connection.db, clickhouse: undefined as never, actor, now: () => new Date(), box: createSecretBox(Buffer.alloc(32, 7)) });
const powerless = () => context({ kind: 'token', id: '0190b0de-0000-7000-8000-000000000002', name: 'powerless', grants: [] });

/** Events since the test began, as `action subject outcome`. */
async function events() {
  const rows = await connection.db.query.auditEvents.findMany({ where: (row, { gt }) => gt(row.seq, seen), orderBy: (row, { asc }) => [asc(row.seq)] });
  return rows.map((row) => ({ ...row, line: `${row.action} ${row.subject} ${row.outcome}` }));
}
const lines = async () => (await events()).map(({ line }) => line);

const source: SourceInput = {
  id: 'erp-db', name: 'ERP', system: { id: 'erp', name: 'ERP' }, kind: 'postgres', settings: { host: 'erp.internal', database: 'erp' }, observe: { user: 'signalbox', password: PASSWORD },
};

test('sources', async () => {
  await createSource(context(), source);
  await expect(createSource(context(), source)).rejects.toThrow(/exists already/);
  await expect(updateSource(powerless(), { revision: 1, source })).rejects.toThrow(/sources:manage/);
  await updateSource(context(), { revision: 1, source: { ...source, name: 'ERP 2', observe: { user: 'signalbox', password: `${PASSWORD}-2` } } });
  await setSourceEnabled(context(), { sourceId: 'erp-db', enabled: false });
  await setSourceEnabled(context(), { sourceId: 'erp-db', enabled: false });
  await testSource(context(), { sourceId: 'erp-db' });
  await testSource(context(), { candidate: { ...source, id: 'new-db' } });
  await discoverSource(context(), { sourceId: 'erp-db' });
  await discoverSource(context(), { sourceId: 'erp-db' });
  await removeSource(context(), { sourceId: 'erp-db' });
  await expect(removeSource(context(), { sourceId: 'erp-db' })).rejects.toThrow(/not found/);
  const all = await events();
  expect(all.map(({ line }) => line)).toEqual([
    'source.create source:erp-db done', 'source.create source:erp-db refused', 'source.update source:erp-db refused', 'source.update source:erp-db done', 'source.disable source:erp-db done',
    'source.test source:erp-db done', 'source.test source:new-db done', 'source.discover source:erp-db done', 'source.remove source:erp-db done', 'source.remove source:erp-db refused',
  ]);
  expect(all[0]).toMatchObject({ before: null, after: { name: 'ERP', settings: { host: 'erp.internal' }, observe: 'set', levers: 'none', enabled: true } });
  expect(all[2]).toMatchObject({ actor: 'token:powerless', reason: expect.stringContaining('sources:manage') });
  expect(all[3]).toMatchObject({ before: { name: 'ERP' }, after: { name: 'ERP 2', observe: 'replaced' } });
  expect(all[4]).toMatchObject({ before: { enabled: true }, after: { enabled: false } });
  expect(all[8]).toMatchObject({ before: { name: 'ERP 2' }, after: null });
});

test('contracts of the product, and those that come into force from the folder', async () => {
  await createSource(context(), source);
  const yaml = flowText({ id: 'orders', channel: '{ source: erp-db, kind: table, table: orders }' });
  await activateDraft(context(), { yaml });
  await expect(activateDraft(context(), { yaml: 'kind: Flow' })).rejects.toThrow(/cannot be activated/);
  await expect(activateDraft(powerless(), { yaml })).rejects.toThrow(/contracts:manage/);
  await removeConsoleDocument(context(), { flowId: 'orders' });
  await expect(removeConsoleDocument(context(), { flowId: 'orders' })).rejects.toThrow(/not found/);
  const all = await events();
  expect(all.slice(1).map(({ line }) => line)).toEqual([
    'contract.activate contract:flow/orders done', 'contract.activate contract:flow/unreadable refused', 'contract.activate contract:flow/orders refused', 'contract.remove contract:flow/orders done', 'contract.remove contract:flow/orders refused',
  ]);
  expect(all[1]).toMatchObject({ flowId: 'orders', before: null, after: { revision: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });

  const document = { kind: 'Flow' as const, id: 'orders', version: '1.0.0', file: 'orders.yaml', yaml, sha256: 'a'.repeat(64), body: {} as never };
  await storeContracts(connection.db, { documents: [document], problems: [] }, new Date());
  await storeContracts(connection.db, { documents: [document], problems: [] }, new Date());
  await storeContracts(connection.db, { documents: [{ ...document, version: '1.1.0', sha256: 'b'.repeat(64) }], problems: [] }, new Date());
  await storeContracts(connection.db, { documents: [], problems: [] }, new Date());
  const loaded = (await events()).slice(6);
  expect(loaded.map(({ line }) => line)).toEqual(['contract.in-force contract:flow/orders done', 'contract.in-force contract:flow/orders done', 'contract.out-of-force contract:flow/orders done']);
  expect(loaded[1]).toMatchObject({ actor: 'system:contract-loader', flowId: 'orders', before: { version: '1.0.0', sha256: 'a'.repeat(64), file: 'orders.yaml' }, after: { version: '1.1.0' } });
});

test('users and tokens', async () => {
  await createUser(context(), { email: 'ada@hospital.example', roles: ['noc'], password: PASSWORD });
  await expect(createUser(context(), { email: 'ada@hospital.example', roles: ['noc'] })).rejects.toThrow(/exists already/);
  await resetPassword(context(), { email: 'ADA@hospital.example', password: `${PASSWORD}-2` });
  await expect(resetPassword(context(), { email: 'ada@hospital.example', password: 'hunter2' })).rejects.toThrow(/at least 12/);
  await disableUser(context(), { email: 'ada@hospital.example' });
  await expect(disableUser(powerless(), { email: 'ada@hospital.example' })).rejects.toThrow(/users:manage/);
  const { token } = await createToken(context(), { name: 'reporting', role: 'viewer' });
  await expect(createToken(context(), { name: 'reporting', role: 'viewer' })).rejects.toThrow(/exists already/);
  await revokeToken(context(), { tokenId: token.id });
  await expect(revokeToken(context(), { tokenId: token.id })).rejects.toThrow(/already/);
  expect(await lines()).toEqual([
    'user.create user:ada@hospital.example done', 'user.create user:ada@hospital.example refused', 'user.reset-password user:ada@hospital.example done', 'user.reset-password user:ada@hospital.example refused',
    'user.disable user:ada@hospital.example done', 'user.disable user:ada@hospital.example refused',
    'token.create token:reporting done', 'token.create token:reporting refused', 'token.revoke token:reporting done', 'token.revoke token:reporting refused',
  ]);
});

test('the first users', async () => {
  await connection.db.delete(schema.users);
  const made = await ensureFirstRunUsers(connection.db);
  expect((await events()).map(({ actor, line }) => `${actor} ${line}`)).toEqual(made.map(({ email }) => `system:first-run user.create user:${email} done`));
});

test('sign-ins, and what somebody typed for an e-mail that no user has is kept nowhere', async () => {
  const { email } = await createUser(context(), { email: 'bea@hospital.example', roles: ['engineer'], password: PASSWORD });
  const attempt = { email, password: PASSWORD, address: '10.0.0.7', at: new Date() };
  expect(await signInWithPassword(connection.db, attempt)).not.toBeNull();
  expect(await signInWithPassword(connection.db, { ...attempt, password: 'hunter2' })).toBeNull();
  expect(await signInWithPassword(connection.db, { ...attempt, email: 'hunter2', address: 'hunter2' })).toBeNull();
  await disableUser(context(), { email });
  expect(await signInWithPassword(connection.db, attempt)).toBeNull();
  const all = (await events()).filter(({ action }) => action.startsWith('sign-in'));
  expect(all.map(({ actor, line, reason, after }) => [actor, line, reason, after])).toEqual([
    [`user:${email}`, `sign-in user:${email} done`, null, { method: 'password', address: '10.0.0.7' }],
    ['system:sign-in', `sign-in user:${email} refused`, 'The password was wrong.', { method: 'password', address: '10.0.0.7' }],
    ['system:sign-in', 'sign-in user:unknown refused', 'No user has this e-mail address.', { method: 'password', address: null }],
    ['system:sign-in', `sign-in user:${email} refused`, 'The password was right, but the user is disabled.', { method: 'password', address: '10.0.0.7' }],
  ]);
});

test('attempts that are turned away are noted once a minute, so that a guesser cannot fill the trail', async () => {
  const { email } = await createUser(context(), { email: 'cy@hospital.example', roles: ['engineer'], password: PASSWORD });
  const at = new Date();
  for (let n = 0; n < 9; n += 1) expect(await signInWithPassword(connection.db, { email, password: 'hunter2', address: '10.0.0.8', at })).toBeNull();
  const all = (await lines()).filter((line) => line.startsWith('sign-in'));
  expect(all).toEqual([...Array.from({ length: 5 }, () => `sign-in user:${email} refused`), `sign-in.turned-away user:${email} refused`]);
});

test('roles that follow the groups of the identity provider', async () => {
  const { email } = await createUser(context(), { email: 'di@hospital.example', roles: ['viewer'], password: PASSWORD });
  const roleMap = new Map([['noc', 'noc' as const], ['engineers', 'engineer' as const]]);
  const identity = { email, emailVerified: true, groups: ['engineers'] };
  await signInWithIdentity(connection.db, identity, roleMap, new Date());
  await signInWithIdentity(connection.db, identity, roleMap, new Date());
  await signInWithIdentity(connection.db, { ...identity, emailVerified: false }, roleMap, new Date());
  const all = (await events()).slice(1);
  expect(all.map(({ line }) => line)).toEqual([`user.follow-groups user:${email} done`, `sign-in user:${email} done`, `sign-in user:${email} done`, 'sign-in user:unknown refused']);
  expect(all[0]).toMatchObject({ actor: 'system:identity-provider', before: { grants: [{ role: 'viewer' }] }, after: { grants: [{ role: 'viewer' }, { role: 'engineer' }] } });
});

test('a sign-in fails when it cannot be recorded', async () => {
  const { email } = await createUser(context(), { email: 'ed@hospital.example', roles: ['viewer'], password: PASSWORD });
  await connection.db.execute("ALTER TABLE audit_events ADD CONSTRAINT broken CHECK (action <> 'sign-in') NOT VALID");
  try {
    await expect(signInWithPassword(connection.db, { email, password: PASSWORD, address: '10.0.0.9', at: new Date() })).rejects.toThrow(/insert into "audit_events"/);
  } finally {
    await connection.db.execute('ALTER TABLE audit_events DROP CONSTRAINT broken');
  }
});
