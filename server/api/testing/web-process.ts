import { vi } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { actorOfRequest } from '@/server/auth/request-actor';
import { ROLES, type Role } from '@/server/domain/roles/permissions';
import { createToken } from '@/server/services/tokens/create-token';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { createUser } from '@/server/services/users/create-user';
import { createCaller } from '../root';

/** The stores of a web process, and one token per role; the environment points at them, as it does in production. */
export interface WebUnderTest extends TestStores {
  tokens: Record<Role, string>;
  /** tRPC without HTTP, as the bearer of a token; null: nobody. */
  callerOf(token: string | null): Promise<ReturnType<typeof createCaller>>;
  system: { db: TestStores['db']; clickhouse: TestStores['clickhouse']; actor: { kind: 'system'; name: string }; now: () => Date };
}

export async function startWebUnderTest(): Promise<WebUnderTest> {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  const stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  vi.stubEnv('DATABASE_URL', postgres.url);
  // The web reads with the read-only account: a write hidden in a page would fail here.
  vi.stubEnv('CLICKHOUSE_URL', clickhouse.readerUrl);
  vi.stubEnv('SIGNALBOX_SECRET', Buffer.alloc(32, 7).toString('base64'));
  vi.stubEnv('NEXTAUTH_URL', 'http://signalbox.test');
  const system = { db: stores.db, clickhouse: stores.clickhouse, actor: { kind: 'system' as const, name: 'test' }, now: () => new Date() };
  const tokens = Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, (await createToken(system, { name: `token of ${role}`, role })).secret])),
  ) as Record<Role, string>;
  return {
    ...stores,
    tokens,
    system,
    callerOf: async (token) => createCaller({
      ...stores,
      actor: token === null ? null : await actorOfRequest(stores.db, new Headers({ authorization: `Bearer ${token}` }), new Date()),
      now: () => new Date(), requestId: 'test-request',
    }),
    close: async () => {
      vi.unstubAllEnvs();
      // Suites follow each other in a process: as the process that ends would, so that the next one opens its own.
      Reflect.deleteProperty(globalThis, 'signalboxConnections');
      await stores.close();
      await postgres.drop();
      await clickhouse.drop();
    },
  };
}

export async function makePerson(web: WebUnderTest, email: string, told: { roles?: Role[]; facilities?: string[] } = {}): Promise<{ id: string; password: string }> {
  return createUser(web.system, { email, roles: told.roles ?? ['engineer'], facilities: told.facilities ?? null });
}
