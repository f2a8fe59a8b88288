import { createHmac } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import { INTERFACES } from '../network/interfaces';
import { qualifiedName } from '../runtime/interface-table';

/** A role that may look at the interface tables and at nothing else. */
export interface DatabaseObserver {
  user: string;
  password: string;
}

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Makes the role by which the interface tables are watched, with the rights it needs and no others. Its password follows
 * from the sandbox's own, so that nothing has to be kept.
 * @returns undefined when the sandbox's role may not make others
 */
export async function prepareDatabaseObserver(databaseUrl: string): Promise<DatabaseObserver | undefined> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'sandbox' });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    const database = rows[0]?.name ?? '';
    const user = `${database}_observer`;
    const password = createHmac('sha256', decodeURIComponent(new URL(databaseUrl).password)).update(user).digest('base64url');
    const role = escapeIdentifier(user);
    const tables = Object.values<InterfaceTable>(INTERFACES);
    const schemas = [...new Set(tables.map(({ schema }) => schema))];
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user]);
    const statements = [
      ...(rowCount ? [] : [`CREATE ROLE ${role} LOGIN`]),
      `ALTER ROLE ${role} PASSWORD ${escapeLiteral(password)}`,
      `ALTER ROLE ${role} SET default_transaction_read_only = on`,
      `GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role}`,
      `GRANT USAGE ON SCHEMA ${schemas.join(', ')} TO ${role}`,
      `GRANT SELECT ON ${tables.map(qualifiedName).join(', ')} TO ${role}`,
    ];
    for (const statement of statements) await client.query(statement);
    return { user, password };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE) return undefined;
    throw error;
  } finally {
    await client.end();
  }
}
