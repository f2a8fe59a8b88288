/** A database with an application that writes and a tap role that only reads, for tests. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createTestPostgres } from '@/scripts/testing/databases';
import { postgresSettings, type Credentials, type PostgresSettings } from '@/server/domain/sources/connection';

export interface InterfaceDatabase {
  settings: PostgresSettings;
  reader: Credentials;
  admin: Credentials;
  /** As the owner of everything. */
  run(sql: string, values?: unknown[]): Promise<Record<string, string>[]>;
  /** Another connection of the owner, for transactions that stay open. */
  session(): Promise<pg.Client>;
  drop(): Promise<void>;
}

export const INTERFACE_TABLE = (name: string): string => `
  CREATE TABLE ${name} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status char(1) NOT NULL DEFAULT 'N', destination text NOT NULL DEFAULT 'billing',
    case_key text, facility_code text, amount numeric(18, 2), attempts integer NOT NULL DEFAULT 0, error_code text, error_text text,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
  GRANT SELECT ON ${name} TO PUBLIC;`;

/** A long interval, so that looks on a busy machine are not slowed down for their share of it. */
export async function createInterfaceDatabase(): Promise<InterfaceDatabase> {
  const database = await createTestPostgres();
  const url = new URL(database.url);
  const clients: pg.Client[] = [];
  const open = async () => {
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const owner = await open();
  const reader = { user: `tap_reader_${randomBytes(4).toString('hex')}`, password: randomBytes(12).toString('hex') };
  await owner.query(`CREATE ROLE ${reader.user} LOGIN PASSWORD '${reader.password}'`);
  return {
    settings: postgresSettings.parse({ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), encryption: 'disable', pollSeconds: 60 }),
    reader,
    admin: { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
    run: async (sql, values) => {
      const result: unknown = await owner.query(sql, values);
      return (Array.isArray(result) ? result.at(-1) : result as pg.QueryResult<Record<string, string>>).rows;
    },
    session: open,
    drop: async () => {
      await owner.query(`DROP OWNED BY ${reader.user}; DROP ROLE ${reader.user}`);
      await Promise.all(clients.map((client) => client.end()));
      await database.drop();
    },
  };
}
