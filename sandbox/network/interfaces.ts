import type { FactName, SystemId } from '../vocabulary';

/**
 * The interface tables through which the systems hand over work, each in the schema of the system that owns it.
 * `caseKey` names the fact by which business people ask for a row; `takenBy` is the system that takes rows from it,
 * `destinations` those that it brings them to, where there are several, `alternate` the one that can stand in for the usual
 * destination.
 */
export interface InterfaceTable {
  schema: string;
  table: string;
  caseKey: FactName;
  takenBy: SystemId;
  destinations?: readonly SystemId[];
  alternate?: SystemId;
}

export const INTERFACES = {
  usage: { schema: 'inventory', table: 'usage_interface', caseKey: 'usageLine', takenBy: 'middleware' },
  replenishment: { schema: 'inventory', table: 'replenishment_interface', caseKey: 'requisition', takenBy: 'middleware' },
  charge: { schema: 'inventory', table: 'charge_interface', caseKey: 'claim', takenBy: 'middleware' },
  shipNotice: { schema: 'inventory', table: 'ship_notice_interface', caseKey: 'purchaseOrder', takenBy: 'inventory' },
  receipt: { schema: 'inventory', table: 'receipt_interface', caseKey: 'purchaseOrder', takenBy: 'middleware' },
  utilizationExtract: { schema: 'inventory', table: 'utilization_extract', caseKey: 'extract', takenBy: 'middleware' },
  purchaseOrder: { schema: 'erp', table: 'po_interface', caseKey: 'purchaseOrder', takenBy: 'middleware' },
  orderAcknowledgement: { schema: 'erp', table: 'po_ack_interface', caseKey: 'purchaseOrder', takenBy: 'erp' },
  itemChange: { schema: 'erp', table: 'item_change_interface', caseKey: 'item', takenBy: 'middleware', destinations: ['inventory', 'billing', 'analytics'] },
  claim: { schema: 'billing', table: 'claim_outbox', caseKey: 'claim', takenBy: 'middleware', alternate: 'southgate' },
  claimAcknowledgement: { schema: 'billing', table: 'claim_ack_interface', caseKey: 'claim', takenBy: 'billing' },
  claimStatus: { schema: 'billing', table: 'claim_status_interface', caseKey: 'claim', takenBy: 'billing' },
  remittance: { schema: 'billing', table: 'remittance_interface', caseKey: 'claim', takenBy: 'billing' },
  remittancePosting: { schema: 'billing', table: 'remittance_posting_queue', caseKey: 'claim', takenBy: 'billing' },
  journal: { schema: 'billing', table: 'gl_journal_interface', caseKey: 'claim', takenBy: 'middleware' },
  cycleExtract: { schema: 'billing', table: 'cycle_extract', caseKey: 'extract', takenBy: 'middleware' },
} as const satisfies Record<string, InterfaceTable>;
