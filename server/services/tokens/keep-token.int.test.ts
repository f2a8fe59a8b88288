import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestPostgres } from '@/scripts/testing/databases';
import { createTestPostgres } from '@/scripts/testing/databases';
import { connectPostgres, schema } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { keepToken } from './keep-token';
import { resolveToken } from './resolve-token';
import { revokeToken } from './revoke-token';

let postgres: TestPostgres;
let connection: ReturnType<typeof connectPostgres>;

beforeAll(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
});
afterAll(async () => {
  await connection.close();
  await postgres.drop();
});

const NOW = new Date('2026-02-03T04:05:06Z');
const context = () => ({ db: connection.db, actor: { kind: 'system' as const, name: 'first-run' }, now: () => NOW });
const keep = (secret: string, name = 'batch') => keepToken(context(), { secret, name, role: 'viewer', kind: 'api' });
const resolve = (secret: string) => resolveToken(connection.db, secret, 'api', NOW);
const made = async () => (await connection.db.select().from(schema.auditEvents)).filter(({ action }) => action === 'token.create').length;

it('has a token of this secret, which is on record once', async () => {
  await keep('sbx_one');
  expect(await resolve('sbx_one')).toMatchObject({ name: 'batch', grants: [{ role: 'viewer' }] });
  expect(await made()).toBe(1);
  await keep('sbx_one');
  expect(await made()).toBe(1);
});

it('leaves a token of the same name that is another one', async () => {
  await keep('sbx_two');
  expect(await resolve('sbx_two')).toBeNull();
  expect(await resolve('sbx_one')).not.toBeNull();
});

it('does not bring back what was revoked', async () => {
  const token = await resolve('sbx_one');
  await revokeToken({ ...context(), clickhouse: undefined as never }, { tokenId: token?.id ?? '' });
  await keep('sbx_one');
  expect(await resolve('sbx_one')).toBeNull();
});
