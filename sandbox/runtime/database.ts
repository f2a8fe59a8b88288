import { Pool } from 'pg';

/** Where the database listens, as telemetry tells it. */
export interface DatabaseAddress {
  address: string;
  port: number;
  name: string;
}

export function databaseAddress(url: string): DatabaseAddress {
  const parsed = new URL(url);
  return { address: parsed.hostname, port: Number(parsed.port || 5432), name: decodeURIComponent(parsed.pathname.slice(1)) };
}

/** A small pool: eight system processes share one Postgres with the product. */
export function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 8, application_name: 'sandbox' });
  // A broken idle connection is replaced by the pool at the next query; without a listener it would end the process.
  pool.on('error', (error) => console.error(`sandbox: lost an idle database connection: ${error.message}`));
  return pool;
}
