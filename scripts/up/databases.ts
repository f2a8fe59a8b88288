import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** A database with a role of its own that owns it. */
export interface OwnedDatabase {
  name: string;
  password: string;
  /** Its role may make further roles, e.g. one that only reads. */
  makesRoles?: true;
}

/** Creates a database and its role of the same name where they are missing; nobody else may connect to it. */
export async function ensureDatabase(superuserUrl: string, database: OwnedDatabase): Promise<void> {
  const name = escapeIdentifier(database.name);
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const exists = async (catalog: string): Promise<boolean> =>
      (await client.query(catalog, [database.name])).rows.length > 0;
    if (!(await exists('SELECT FROM pg_roles WHERE rolname = $1'))) await client.query(`CREATE ROLE ${name} LOGIN`);
    await client.query(`ALTER ROLE ${name} ${database.makesRoles ? 'CREATEROLE' : 'NOCREATEROLE'} PASSWORD ${escapeLiteral(database.password)}`);
    if (!(await exists('SELECT FROM pg_database WHERE datname = $1'))) {
      await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    }
    await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  } finally {
    await client.end();
  }
}

/** URL for a role's own database. */
export function databaseUrl(port: number, database: OwnedDatabase): string {
  return `postgres://${database.name}:${encodeURIComponent(database.password)}@127.0.0.1:${port}/${database.name}`;
}
