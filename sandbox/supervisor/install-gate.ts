import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import { INTERFACES } from '../network/interfaces';
import type { DatabaseAccounts } from './database-accounts';

export const GATE_DDL = readFileSync(new URL('signalbox-gate.sql', import.meta.url), 'utf8');

/**
 * Does what the database's administrator was asked for: every interface table gets gates that hold who takes rows from it,
 * and the operator may open and close them.
 */
export async function installGate(databaseUrl: string, { systems, operator }: DatabaseAccounts): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'sandbox' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(GATE_DDL);
    for (const { schema, table, takenBy, destinations } of Object.values<InterfaceTable>(INTERFACES)) {
      await client.query('CALL sandbox.guard_by_gate($1, $2, $3, $4)', [schema, table, systems[takenBy].user, destinations ?? []]);
    }
    await client.query('CALL sandbox.let_operate_gates($1)', [operator.user]);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
