/**
 * `npm run migrate`: brings Postgres and ClickHouse (CLICKHOUSE_URL) to the newest schema, as a step of its own. Postgres is
 * migrated as DATABASE_OWNER_URL, and the role of DATABASE_URL is given what web and collectors need; without
 * DATABASE_OWNER_URL, DATABASE_URL is both.
 */
import { fileURLToPath } from 'node:url';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { grantApplicationRole } from '@/server/store/postgres/application-role';
import { migratePostgres } from '@/server/store/postgres/migrate';

export interface MigrationTargets {
  /** As web and collectors connect. */
  databaseUrl: string;
  /** Of the owner of the tables, where that is another role. */
  databaseOwnerUrl?: string;
  clickhouseUrl: string;
  /** Name of a ClickHouse cluster; omit for a single node. */
  clickhouseCluster?: string;
}

/** @returns names of the ClickHouse migrations applied now (Postgres keeps its own ledger) */
export async function migrateAll(targets: MigrationTargets): Promise<string[]> {
  const [, applied] = await Promise.all([
    migrateForApplication(targets),
    migrateClickHouse(targets.clickhouseUrl, { cluster: targets.clickhouseCluster }),
  ]);
  return applied;
}

async function migrateForApplication({ databaseUrl, databaseOwnerUrl = databaseUrl }: MigrationTargets): Promise<void> {
  await migratePostgres(databaseOwnerUrl);
  const [role, owner] = [databaseUrl, databaseOwnerUrl].map((url) => decodeURIComponent(new URL(url).username));
  if (role !== undefined && role !== owner) await grantApplicationRole(databaseOwnerUrl, role);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { DATABASE_URL, DATABASE_OWNER_URL, CLICKHOUSE_URL, CLICKHOUSE_CLUSTER } = process.env;
  if (!DATABASE_URL || !CLICKHOUSE_URL) {
    console.error('npm run migrate needs DATABASE_URL (postgresql://…) and CLICKHOUSE_URL (http://user:password@host:8123/signalbox) in the environment.');
    process.exit(2);
  }
  try {
    const applied = await migrateAll({ databaseUrl: DATABASE_URL, databaseOwnerUrl: DATABASE_OWNER_URL || undefined, clickhouseUrl: CLICKHOUSE_URL, clickhouseCluster: CLICKHOUSE_CLUSTER });
    console.log(applied.length ? `Migrated ClickHouse: ${applied.join(', ')}. Postgres is up to date.` : 'Postgres and ClickHouse are up to date.');
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
