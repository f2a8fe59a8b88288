import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { connectPostgres, type Database } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';

export interface TestStores {
  db: Database;
  clickhouse: ClickHouse;
  close(): Promise<void>;
}

/** Migrates two empty databases and connects to them. */
export async function openStores(urls: { postgres: string; clickhouse: string }): Promise<TestStores> {
  await Promise.all([migratePostgres(urls.postgres), migrateClickHouse(urls.clickhouse)]);
  const postgres = connectPostgres(urls.postgres);
  const clickhouse = connectClickHouse(urls.clickhouse, { name: 'test' });
  return {
    db: postgres.db,
    clickhouse,
    close: async () => {
      await postgres.close();
      await clickhouse.close();
    },
  };
}
