import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/migrations', import.meta.url));
/** Any constant will do as long as every Signalbox uses the same one: two migrations at once must wait for each other. */
const MIGRATION_LOCK = 7_160_522;

/**
 * Brings the database to the newest schema. Safe to run again and from several processes at once.
 *
 * @param url postgresql://user:password@host:port/database, with the right to create tables
 */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
  } finally {
    await client.end();
  }
}
