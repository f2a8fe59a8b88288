import type { SystemId } from '../vocabulary';

/** The HTTP interfaces between the systems; templates are what telemetry calls the route. */
export interface ApiRoute {
  system: SystemId;
  method: 'POST' | 'PUT';
  template: string;
}

export const ROUTES = {
  postIssue: { system: 'erp', method: 'POST', template: '/inventory/v2/issues' },
  postRequisition: { system: 'erp', method: 'POST', template: '/procurement/v1/requisitions' },
  postReceipt: { system: 'erp', method: 'POST', template: '/procurement/v1/receipts' },
  postJournal: { system: 'erp', method: 'POST', template: '/finance/v1/journals' },
  postCharge: { system: 'billing', method: 'POST', template: '/billing/v3/charges' },
  submitClaim: { system: 'clearinghouse', method: 'POST', template: '/x12/837' },
  submitClaimToSouthgate: { system: 'southgate', method: 'POST', template: '/x12/837' },
  sendPurchaseOrder: { system: 'suppliers', method: 'POST', template: '/x12/850' },
  receiveOrderAcknowledgement: { system: 'middleware', method: 'POST', template: '/partners/v1/x12/855' },
  receiveShipNotice: { system: 'middleware', method: 'POST', template: '/partners/v1/x12/856' },
  receiveClaimAcknowledgement: { system: 'middleware', method: 'POST', template: '/partners/v1/x12/999' },
  receiveClaimStatus: { system: 'middleware', method: 'POST', template: '/partners/v1/x12/277ca' },
  receiveRemittance: { system: 'middleware', method: 'POST', template: '/partners/v1/x12/835' },
  putItemInInventory: { system: 'inventory', method: 'PUT', template: '/master-data/v1/items/{itemId}' },
  putItemInBilling: { system: 'billing', method: 'PUT', template: '/master-data/v1/items/{itemId}' },
  putItemInAnalytics: { system: 'analytics', method: 'PUT', template: '/master-data/v1/items/{itemId}' },
  loadUtilization: { system: 'analytics', method: 'POST', template: '/products/v1/supply-utilization/batches' },
  loadBillingCycle: { system: 'analytics', method: 'POST', template: '/products/v1/billing-cycle/batches' },
} as const satisfies Record<string, ApiRoute>;

/** What a system can be asked about one thing it knows; `missing` is the code of the answer when it knows none. */
export interface ApiLookup {
  system: SystemId;
  template: string;
  missing: string;
}

/** A `reference` is the id of the message by which a thing came. */
export const LOOKUPS = {
  issue: { system: 'erp', template: '/inventory/v2/issues/{usageLine}', missing: 'ISSUE_NOT_FOUND' },
  requisition: { system: 'erp', template: '/procurement/v1/requisitions/{requisition}', missing: 'REQUISITION_NOT_FOUND' },
  order: { system: 'erp', template: '/procurement/v1/orders/{purchaseOrder}', missing: 'ORDER_NOT_FOUND' },
  receipt: { system: 'erp', template: '/procurement/v1/receipts/{reference}', missing: 'RECEIPT_NOT_FOUND' },
  journal: { system: 'erp', template: '/finance/v1/journals/{reference}', missing: 'JOURNAL_NOT_FOUND' },
  currentPeriod: { system: 'erp', template: '/finance/v1/periods/current', missing: 'PERIOD_NOT_FOUND' },
  charge: { system: 'billing', template: '/billing/v3/charges/{charge}', missing: 'CHARGE_NOT_FOUND' },
  account: { system: 'billing', template: '/billing/v3/accounts/{account}', missing: 'ACCOUNT_NOT_FOUND' },
  posting: { system: 'billing', template: '/billing/v3/postings/{reference}', missing: 'POSTING_NOT_FOUND' },
  submissions: { system: 'clearinghouse', template: '/status/v1/submissions', missing: 'STATUS_UNKNOWN' },
  supplierOrder: { system: 'suppliers', template: '/orders/v1/{purchaseOrder}', missing: 'ORDER_NOT_FOUND' },
} as const satisfies Record<string, ApiLookup>;
