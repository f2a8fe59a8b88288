import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** A database with a role of its own that owns it. */
export interface OwnedDatabase {
  name: string;
  password: string;
  /** Its role may make further roles, e.g. one that only reads. */
  makesRoles?: true;
  /** A second role that may connect and owns nothing; what else it may do, the owner grants it. */
  guest?: { name: string; password: string };
}

/** Creates a database and its role of the same name where they are missing; nobody else may connect to it. */
export async function ensureDatabase(superuserUrl: string, database: OwnedDatabase): Promise<void> {
  const name = escapeIdentifier(database.name);
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const exists = async (catalog: string, wanted = database.name): Promise<boolean> =>
      (await client.query(catalog, [wanted])).rows.length > 0;
    if (!(await exists('SELECT FROM pg_roles WHERE rolname = $1'))) await client.query(`CREATE ROLE ${name} LOGIN`);
    await client.query(`ALTER ROLE ${name} ${database.makesRoles ? 'CREATEROLE' : 'NOCREATEROLE'} PASSWORD ${escapeLiteral(database.password)}`);
    if (!(await exists('SELECT FROM pg_database WHERE datname = $1'))) {
      await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    }
    await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    if (database.guest) {
      const guest = escapeIdentifier(database.guest.name);
      if (!(await exists('SELECT FROM pg_roles WHERE rolname = $1', database.guest.name))) await client.query(`CREATE ROLE ${guest} LOGIN`);
      await client.query(`ALTER ROLE ${guest} NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD ${escapeLiteral(database.guest.password)}`);
      await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${guest}`);
    }
  } finally {
    await client.end();
  }
}

/** URL of a database for its owner, or for another role. */
export function databaseUrl(port: number, database: OwnedDatabase, role: { name: string; password: string } = database): string {
  return `postgres://${role.name}:${encodeURIComponent(role.password)}@127.0.0.1:${port}/${database.name}`;
}
