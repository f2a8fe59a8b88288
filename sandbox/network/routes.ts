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
