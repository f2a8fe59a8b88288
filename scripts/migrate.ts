/** `npm run migrate`: brings Postgres (DATABASE_URL) and ClickHouse (CLICKHOUSE_URL) to the newest schema, as a step of its own. */
import { fileURLToPath } from 'node:url';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { migratePostgres } from '@/server/store/postgres/migrate';

export interface MigrationTargets {
  databaseUrl: string;
  clickhouseUrl: string;
  /** Name of a ClickHouse cluster; omit for a single node. */
  clickhouseCluster?: string;
}

/** @returns names of the ClickHouse migrations applied now (Postgres keeps its own ledger) */
export async function migrateAll(targets: MigrationTargets): Promise<string[]> {
  const [, applied] = await Promise.all([
    migratePostgres(targets.databaseUrl),
    migrateClickHouse(targets.clickhouseUrl, { cluster: targets.clickhouseCluster }),
  ]);
  return applied;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { DATABASE_URL, CLICKHOUSE_URL, CLICKHOUSE_CLUSTER } = process.env;
  if (!DATABASE_URL || !CLICKHOUSE_URL) {
    console.error('npm run migrate needs DATABASE_URL (postgresql://…) and CLICKHOUSE_URL (http://user:password@host:8123/signalbox) in the environment.');
    process.exit(2);
  }
  try {
    const applied = await migrateAll({ databaseUrl: DATABASE_URL, clickhouseUrl: CLICKHOUSE_URL, clickhouseCluster: CLICKHOUSE_CLUSTER });
    console.log(applied.length ? `Migrated ClickHouse: ${applied.join(', ')}. Postgres is up to date.` : 'Postgres and ClickHouse are up to date.');
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
