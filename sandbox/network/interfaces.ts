import type { FactName } from '../vocabulary';

/**
 * The interface tables through which the systems hand over work, each in the schema of the system that owns it.
 * `caseKey` names the fact by which business people ask for a row.
 */
export interface InterfaceTable {
  schema: string;
  table: string;
  caseKey: FactName;
}

export const INTERFACES = {
  usage: { schema: 'inventory', table: 'usage_interface', caseKey: 'usageLine' },
  replenishment: { schema: 'inventory', table: 'replenishment_interface', caseKey: 'requisition' },
  charge: { schema: 'inventory', table: 'charge_interface', caseKey: 'claim' },
  shipNotice: { schema: 'inventory', table: 'ship_notice_interface', caseKey: 'purchaseOrder' },
  receipt: { schema: 'inventory', table: 'receipt_interface', caseKey: 'purchaseOrder' },
  utilizationExtract: { schema: 'inventory', table: 'utilization_extract', caseKey: 'extract' },
  purchaseOrder: { schema: 'erp', table: 'po_interface', caseKey: 'purchaseOrder' },
  orderAcknowledgement: { schema: 'erp', table: 'po_ack_interface', caseKey: 'purchaseOrder' },
  itemChange: { schema: 'erp', table: 'item_change_interface', caseKey: 'item' },
  claim: { schema: 'billing', table: 'claim_outbox', caseKey: 'claim' },
  claimAcknowledgement: { schema: 'billing', table: 'claim_ack_interface', caseKey: 'claim' },
  claimStatus: { schema: 'billing', table: 'claim_status_interface', caseKey: 'claim' },
  remittance: { schema: 'billing', table: 'remittance_interface', caseKey: 'claim' },
  remittancePosting: { schema: 'billing', table: 'remittance_posting_queue', caseKey: 'claim' },
  journal: { schema: 'billing', table: 'gl_journal_interface', caseKey: 'claim' },
  cycleExtract: { schema: 'billing', table: 'cycle_extract', caseKey: 'extract' },
} as const satisfies Record<string, InterfaceTable>;
