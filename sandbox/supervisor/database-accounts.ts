import { createHmac } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import { INTERFACES } from '../network/interfaces';
import { qualifiedName } from '../runtime/interface-table';
import type { SystemId } from '../vocabulary';
import { SYSTEMS } from '../vocabulary';

/** A role of the network's database. */
export interface DatabaseAccount {
  user: string;
  password: string;
}

/** Everybody who uses the network's database beside the role that owns it. */
export interface DatabaseAccounts {
  /** May look at the interface tables and at nothing else. */
  observer: DatabaseAccount;
  /** May look at them and change how far a row is and, where there is an alternate, where it goes, but not what it says. */
  operator: DatabaseAccount;
  /** Each system, which owns no table: row security applies to it. */
  systems: Record<SystemId, DatabaseAccount>;
}

const INSUFFICIENT_PRIVILEGE = '42501';
/** What tells how far a row is. */
const PROGRESS = 'status, attempts, next_attempt_at, updated_at';
const TABLES = Object.values<InterfaceTable>(INTERFACES);
const INTERFACE_SCHEMAS = [...new Set(TABLES.map(({ schema }) => schema))].join(', ');
const INTERFACE_TABLES = TABLES.map(qualifiedName).join(', ');

/**
 * Makes the roles of the network's database, each with the rights it needs and no others. Passwords follow from the
 * sandbox's own, so that nothing has to be kept.
 * @returns undefined when the sandbox's role may not make others
 */
export async function prepareDatabaseAccounts(databaseUrl: string): Promise<DatabaseAccounts | undefined> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'sandbox' });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    const database = rows[0]?.name ?? '';
    const make = async (suffix: string, rightsOf: (role: string) => string[]): Promise<DatabaseAccount> => {
      const user = `${database}_${suffix}`;
      const password = createHmac('sha256', decodeURIComponent(new URL(databaseUrl).password)).update(user).digest('base64url');
      const role = escapeIdentifier(user);
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user]);
      const statements = [
        ...(rowCount ? [] : [`CREATE ROLE ${role} LOGIN`]),
        `ALTER ROLE ${role} PASSWORD ${escapeLiteral(password)}`,
        `GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role}`,
        ...rightsOf(role),
      ];
      for (const statement of statements) await client.query(statement);
      return { user, password };
    };
    const systems: [SystemId, DatabaseAccount][] = [];
    for (const system of SYSTEMS) systems.push([system, await make(system, (role) => rightsOfSystem(system, role))]);
    return {
      observer: await make('observer', rightsOfObserver),
      operator: await make('operator', rightsOfOperator),
      systems: Object.fromEntries(systems) as Record<SystemId, DatabaseAccount>,
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE) return undefined;
    throw error;
  } finally {
    await client.end();
  }
}

/** The address by which a role reaches the database. */
export function databaseUrlOf(databaseUrl: string, { user, password }: DatabaseAccount): string {
  const url = new URL(databaseUrl);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.href;
}

function rightsOfObserver(role: string): string[] {
  return [
    `ALTER ROLE ${role} SET default_transaction_read_only = on`,
    `GRANT USAGE ON SCHEMA ${INTERFACE_SCHEMAS} TO ${role}`,
    `GRANT SELECT ON ${INTERFACE_TABLES} TO ${role}`,
  ];
}

function rightsOfOperator(role: string): string[] {
  return [
    `GRANT USAGE ON SCHEMA ${INTERFACE_SCHEMAS} TO ${role}`,
    `GRANT SELECT, UPDATE (${PROGRESS}) ON ${INTERFACE_TABLES} TO ${role}`,
    ...TABLES.filter(({ alternate }) => alternate !== undefined).map((table) => `GRANT UPDATE (destination) ON ${qualifiedName(table)} TO ${role}`),
  ];
}

/**
 * A system does as it likes in its own schema, but changes only those rows of interface tables that it takes. The
 * integration engine also moves rows between the schemas of the others.
 */
function rightsOfSystem(system: SystemId, role: string): string[] {
  const filled = TABLES.filter(({ schema, takenBy }) => schema === system && takenBy !== system).map(qualifiedName);
  const taken = TABLES.filter(({ takenBy }) => takenBy === system).map(qualifiedName);
  return [
    `GRANT USAGE ON SCHEMA sandbox, ${system} TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE ON sandbox.stream_cursor TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${system} TO ${role}`,
    ...(filled.length > 0 ? [`REVOKE UPDATE ON ${filled.join(', ')} FROM ${role}`] : []),
    ...(system === 'middleware' ? [`GRANT USAGE ON SCHEMA ${INTERFACE_SCHEMAS} TO ${role}`, `GRANT SELECT, INSERT ON ${INTERFACE_TABLES} TO ${role}`] : []),
    ...(taken.length > 0 ? [`GRANT SELECT, UPDATE ON ${taken.join(', ')} TO ${role}`] : []),
  ];
}
