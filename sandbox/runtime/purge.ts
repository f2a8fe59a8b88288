import type { Pool } from 'pg';
import type { SystemId } from '../vocabulary';
import type { InterfaceTable } from '../network/interfaces';
import { INTERFACES } from '../network/interfaces';
import { qualifiedName } from './interface-table';

const EVERY_MS = 60_000;
/** Finished rows are of interest for a quarter of an hour; rows that never finish are given up after six hours. */
const KEEP_FINISHED = '15 minutes';
const KEEP_OPEN = '6 hours';

/** Records of business by schema, with the column that says when they were written. */
const RECORDS: Readonly<Record<SystemId, readonly string[]>> = {
  erp: ['stock_issue', 'purchase_order', 'goods_receipt', 'gl_journal'],
  inventory: [],
  billing: ['charge', 'claim', 'remittance', 'voided_account'],
  clearinghouse: ['claim'],
  analytics: ['product_batch'],
  middleware: [],
  suppliers: ['purchase_order'],
  southgate: ['claim'],
};

/** Keeps a system's tables small for as long as it runs. */
export function startPurge(pool: Pool, system: SystemId): { stop(): void } {
  const interfaces = Object.values<InterfaceTable>(INTERFACES).filter((table) => table.schema === system).map(qualifiedName);
  const statements = [
    ...interfaces.map((name) => `DELETE FROM ${name} WHERE (status = 'C' AND updated_at < now() - interval '${KEEP_FINISHED}')
      OR created_at < now() - interval '${KEEP_OPEN}'`),
    ...RECORDS[system].map((name) => `DELETE FROM ${system}.${name} WHERE recorded_at < now() - interval '${KEEP_OPEN}'`),
  ];
  async function purge(): Promise<void> {
    for (const statement of statements) await pool.query(statement);
  }
  const timer = setInterval(() => {
    purge().catch((error: unknown) => console.error(`sandbox: cannot purge ${system}: ${String(error)}`));
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
