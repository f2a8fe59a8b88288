import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { FAULTS_DDL } from '../faults/store';
import type { InterfaceTable } from '../network/interfaces';
import { INTERFACES } from '../network/interfaces';
import { interfaceTableDdl } from '../runtime/interface-table';
import { STREAM_CURSOR_DDL } from '../runtime/stream-cursor';
import { ANALYTICS_DDL } from '../systems/analytics/schema';
import { BILLING_DDL } from '../systems/billing/schema';
import { clearinghouseDdl } from '../systems/clearinghouse/schema';
import { ERP_DDL } from '../systems/erp/schema';
import { INVENTORY_DDL } from '../systems/inventory/schema';
import { SUPPLIERS_DDL } from '../systems/suppliers/schema';
import { SYSTEMS } from '../vocabulary';
import { GATE_DDL } from './install-gate';

/** What outlives a change of the tables: faults, and how far each stream of facts has come, so that no id is used twice. */
const LASTING_DDL = [
  'CREATE SCHEMA IF NOT EXISTS sandbox',
  FAULTS_DDL,
  STREAM_CURSOR_DDL,
  'CREATE TABLE IF NOT EXISTS sandbox.installed (fingerprint text PRIMARY KEY)',
];

const SYSTEMS_DDL = [
  ...SYSTEMS.map((schema) => `CREATE SCHEMA ${schema}`),
  ERP_DDL, INVENTORY_DDL, BILLING_DDL, clearinghouseDdl('clearinghouse'), clearinghouseDdl('southgate'), ANALYTICS_DDL, SUPPLIERS_DDL,
  ...Object.values<InterfaceTable>(INTERFACES).map(interfaceTableDdl),
];
/** Policies come and go with their table, so another version of them makes the tables anew as well. */
const FINGERPRINT = createHash('sha256').update([...SYSTEMS_DDL, GATE_DDL].join('\n')).digest('hex');

/**
 * Creates the sandbox's tables: one schema per system and one for the sandbox itself. Tables of another version are
 * made anew: what waits in a demonstration network is not worth a migration.
 */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  try {
    await client.query('BEGIN');
    for (const statement of LASTING_DDL) await client.query(statement);
    const { rows } = await client.query<{ fingerprint: string }>('SELECT fingerprint FROM sandbox.installed');
    const installed = rows[0]?.fingerprint;
    if (installed !== FINGERPRINT) {
      if (installed === undefined) await refuseForeignSchemas(client);
      else await client.query(`DROP SCHEMA IF EXISTS ${SYSTEMS.join(', ')} CASCADE`);
      for (const statement of SYSTEMS_DDL) await client.query(statement);
      await client.query('DELETE FROM sandbox.installed');
      await client.query('INSERT INTO sandbox.installed (fingerprint) VALUES ($1)', [FINGERPRINT]);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** A database in which somebody else has a schema `billing` is not ours to use, let alone to drop. */
async function refuseForeignSchemas(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT nspname AS name FROM pg_namespace WHERE nspname = ANY($1)', [SYSTEMS]);
  const foreign = rows[0]?.name;
  if (foreign === undefined) return;
  throw new Error(`The database of SANDBOX_DATABASE_URL already has a schema "${foreign}" that the sandbox did not make. Give it a database of its own.`);
}

async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'sandbox' });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new Error(`Cannot reach the sandbox database of SANDBOX_DATABASE_URL (${reason}). Start Postgres and create the database first.`, { cause: error });
  }
}
