import type { ConsumerName } from '../../faults/catalogue';
import type { InterfaceTable } from '../../network/interfaces';
import { INTERFACES } from '../../network/interfaces';
import type { ApiRoute } from '../../network/routes';
import { ROUTES } from '../../network/routes';
import type { SystemId } from '../../vocabulary';

/** Work the engine takes from an interface table and delivers to another system's API. */
export interface Transfer {
  consumer: ConsumerName;
  from: InterfaceTable;
  destination: SystemId;
  to: ApiRoute;
  /** Comes from a facility's own inventory installation, so it stops being readable when that feed breaks. */
  isFacilityFeed?: true;
  /** The item is translated to the target's item number on the way. */
  mapsItem?: true;
}

export const TRANSFERS: readonly Transfer[] = [
  { consumer: 'usage', from: INTERFACES.usage, destination: 'erp', to: ROUTES.postIssue, isFacilityFeed: true, mapsItem: true },
  { consumer: 'replenishment', from: INTERFACES.replenishment, destination: 'erp', to: ROUTES.postRequisition, isFacilityFeed: true },
  { consumer: 'purchase-orders', from: INTERFACES.purchaseOrder, destination: 'suppliers', to: ROUTES.sendPurchaseOrder },
  { consumer: 'receipts', from: INTERFACES.receipt, destination: 'erp', to: ROUTES.postReceipt, isFacilityFeed: true },
  { consumer: 'charges', from: INTERFACES.charge, destination: 'billing', to: ROUTES.postCharge, isFacilityFeed: true, mapsItem: true },
  { consumer: 'claims', from: INTERFACES.claim, destination: 'clearinghouse', to: ROUTES.submitClaim },
  { consumer: 'claims-southgate', from: INTERFACES.claim, destination: 'southgate', to: ROUTES.submitClaimToSouthgate },
  { consumer: 'journals', from: INTERFACES.journal, destination: 'erp', to: ROUTES.postJournal },
  { consumer: 'item-changes-inventory', from: INTERFACES.itemChange, destination: 'inventory', to: ROUTES.putItemInInventory },
  { consumer: 'item-changes-billing', from: INTERFACES.itemChange, destination: 'billing', to: ROUTES.putItemInBilling },
  { consumer: 'item-changes-analytics', from: INTERFACES.itemChange, destination: 'analytics', to: ROUTES.putItemInAnalytics },
  { consumer: 'utilization-extracts', from: INTERFACES.utilizationExtract, destination: 'analytics', to: ROUTES.loadUtilization, isFacilityFeed: true },
  { consumer: 'cycle-extracts', from: INTERFACES.cycleExtract, destination: 'analytics', to: ROUTES.loadBillingCycle },
];

/** What partners send in, and the interface table in which the receiving system finds it. */
export interface Reception {
  route: ApiRoute;
  into: InterfaceTable;
  destination: SystemId;
}

export const RECEPTIONS: readonly Reception[] = [
  { route: ROUTES.receiveOrderAcknowledgement, into: INTERFACES.orderAcknowledgement, destination: 'erp' },
  { route: ROUTES.receiveShipNotice, into: INTERFACES.shipNotice, destination: 'inventory' },
  { route: ROUTES.receiveClaimAcknowledgement, into: INTERFACES.claimAcknowledgement, destination: 'billing' },
  { route: ROUTES.receiveClaimStatus, into: INTERFACES.claimStatus, destination: 'billing' },
  { route: ROUTES.receiveRemittance, into: INTERFACES.remittance, destination: 'billing' },
];
