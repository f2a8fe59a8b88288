/**
 * Brings both stores to the newest schema and creates the first users. A process of its own, so that none of its
 * connections stay in the supervisor. Prints the created users as JSON on the last line.
 */
import { migrateAll } from '@/scripts/migrate';
import { ensureFirstRunUsers } from '@/server/services/users/ensure-first-run-users';
import { connectPostgres } from '@/server/store/postgres';

const { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: databaseOwnerUrl, CLICKHOUSE_URL: clickhouseUrl, CLICKHOUSE_CLUSTER: clickhouseCluster } = process.env;
if (!databaseUrl || !clickhouseUrl) throw new Error('DATABASE_URL and CLICKHOUSE_URL are not set.');
try {
  await migrateAll({ databaseUrl, databaseOwnerUrl, clickhouseUrl, clickhouseCluster });
  const { db } = connectPostgres(databaseUrl, { applicationName: 'signalbox-up' });
  process.stdout.write(`\n${JSON.stringify(await ensureFirstRunUsers(db))}\n`, () => process.exit(0));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
