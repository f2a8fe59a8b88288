/**
 * Brings both stores to the newest schema, creates the first users and the token of the sandbox's batch jobs. A process of its own, so that none of its
 * connections stay in the supervisor. Prints the created users as JSON on the last line.
 */
import { migrateAll } from '@/scripts/migrate';
import { keepToken } from '@/server/services/tokens/keep-token';
import { ensureFirstRunUsers } from '@/server/services/users/ensure-first-run-users';
import { connectPostgres } from '@/server/store/postgres';

const { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: databaseOwnerUrl, CLICKHOUSE_URL: clickhouseUrl, CLICKHOUSE_CLUSTER: clickhouseCluster, SANDBOX_GATE_TOKEN: gateToken } = process.env;
if (!databaseUrl || !clickhouseUrl) throw new Error('DATABASE_URL and CLICKHOUSE_URL are not set.');
try {
  await migrateAll({ databaseUrl, databaseOwnerUrl, clickhouseUrl, clickhouseCluster });
  const { db } = connectPostgres(databaseUrl, { applicationName: 'signalbox-up' });
  const users = await ensureFirstRunUsers(db);
  if (gateToken) await keepToken({ db, actor: { kind: 'system', name: 'first-run' }, now: () => new Date() }, { secret: gateToken, name: 'sandbox-batch-jobs', role: 'viewer', kind: 'api' });
  process.stdout.write(`\n${JSON.stringify(users)}\n`, () => process.exit(0));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
