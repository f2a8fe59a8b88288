import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from '@/drizzle/schema';

export type Database = NodePgDatabase<typeof schema>;
export { schema };

export interface PostgresConnection {
  db: Database;
  /** Ends idle connections and waits for running queries. */
  close(): Promise<void>;
}

/**
 * Opens a pool; the first query connects. A connection that breaks while idle is dropped and replaced by the next query,
 * it must not end the process, therefore the error listener.
 *
 * @param url postgresql://user:password@host:port/database
 */
export function connectPostgres(url: string, options: { max?: number; applicationName?: string } = {}): PostgresConnection {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'signalbox',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
  });
  pool.on('error', () => undefined);
  return { db: drizzle(pool, { schema }), close: () => pool.end() };
}
