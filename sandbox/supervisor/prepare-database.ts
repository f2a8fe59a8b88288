import { Client } from 'pg';
import { FAULTS_DDL } from '../faults/store';
import type { InterfaceTable } from '../network/interfaces';
import { INTERFACES } from '../network/interfaces';
import { interfaceTableDdl } from '../runtime/interface-table';
import { STREAM_CURSOR_DDL } from '../runtime/stream-cursor';
import { ANALYTICS_DDL } from '../systems/analytics/schema';
import { BILLING_DDL } from '../systems/billing/schema';
import { CLEARINGHOUSE_DDL } from '../systems/clearinghouse/schema';
import { ERP_DDL } from '../systems/erp/schema';
import { INVENTORY_DDL } from '../systems/inventory/schema';
import { SUPPLIERS_DDL } from '../systems/suppliers/schema';
import { SYSTEMS } from '../vocabulary';

/** Creates what is missing in the sandbox's database: one schema per system and one for the sandbox itself. */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'sandbox' });
  try {
    await client.connect();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new Error(`Cannot reach the sandbox database of SANDBOX_DATABASE_URL (${reason}). Start Postgres and create the database first.`, { cause: error });
  }
  try {
    await client.query('BEGIN');
    for (const schema of ['sandbox', ...SYSTEMS]) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    const tables = Object.values<InterfaceTable>(INTERFACES).map(interfaceTableDdl);
    const systems = [ERP_DDL, INVENTORY_DDL, BILLING_DDL, CLEARINGHOUSE_DDL, ANALYTICS_DDL, SUPPLIERS_DDL];
    for (const ddl of [FAULTS_DDL, STREAM_CURSOR_DDL, ...systems, ...tables]) await client.query(ddl);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
