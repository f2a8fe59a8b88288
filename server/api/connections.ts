import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { connectPostgres, type Database } from '@/server/store/postgres';

export interface Connections {
  db: Database;
  clickhouse: ClickHouse;
}

/** Kept on the global object: the development server reloads modules, and each reload would leave a pool behind. */
const slot = globalThis as typeof globalThis & { signalboxConnections?: Connections };

/** The web process's connections, opened by the first request and never at build time. */
export function connections(): Connections {
  slot.signalboxConnections ??= {
    db: connectPostgres(required('DATABASE_URL'), { applicationName: 'signalbox-web' }).db,
    clickhouse: connectClickHouse(required('CLICKHOUSE_URL'), { name: 'signalbox-web' }),
  };
  return slot.signalboxConnections;
}

function required(name: 'DATABASE_URL' | 'CLICKHOUSE_URL'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. "npm run up" sets it; for a server of your own see the configuration table in the README.`);
  return value;
}
