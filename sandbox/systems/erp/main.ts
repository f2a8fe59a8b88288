import { LOOKUP_TROUBLES } from '../../faults/catalogue';
import { INTERFACES } from '../../network/interfaces';
import type { BusinessMessage } from '../../network/message';
import { LOOKUPS, ROUTES } from '../../network/routes';
import { Failure } from '../../runtime/failure';
import type { SystemContext } from '../../runtime/system';
import { runSystem } from '../../runtime/system';
import { bookJournal, currentPeriod, findIssue, findJournal, issueStock } from './finance';
import { changeNextItem } from './item-master';
import { acknowledgeOrder, findOrder, findReceipt, findRequisition, orderRequisition, receiveGoods } from './procurement';

const ITEM_CHANGES_PER_MINUTE = 75;
const REFUSED_SHARE = 0.6;

type Work = (context: SystemContext, message: BusinessMessage) => Promise<void>;

await runSystem({
  id: 'erp',
  routes: (context) => {
    const guarded = (work: Work) => async (message: BusinessMessage) => {
      if (context.faults.isOn('erp-errors') && Math.random() < REFUSED_SHARE) {
        throw new Failure('ERP_503', 'The ERP is not available at the moment', 503);
      }
      await work(context, message);
    };
    const inPeriod = (work: Work) => guarded(async (_, message) => {
      // Not a refusal for good: the next period opens.
      if (context.faults.isOn('period-closed')) throw new Failure('PERIOD_CLOSED', 'The accounting period is closed', 503);
      await work(context, message);
    });
    return [
      { route: ROUTES.postIssue, handle: inPeriod(issueStock) },
      { route: ROUTES.postRequisition, handle: guarded(orderRequisition) },
      { route: ROUTES.postReceipt, handle: inPeriod(receiveGoods) },
      { route: ROUTES.postJournal, handle: inPeriod(bookJournal) },
    ];
  },
  lookups: (context) => [
    { lookup: LOOKUPS.issue, find: (usageLine: string) => findIssue(context, usageLine) },
    { lookup: LOOKUPS.requisition, find: (requisition: string) => findRequisition(context, requisition) },
    { lookup: LOOKUPS.order, find: (purchaseOrder: string) => findOrder(context, purchaseOrder) },
    { lookup: LOOKUPS.receipt, find: (reference: string) => findReceipt(context, reference) },
    { lookup: LOOKUPS.journal, find: (reference: string) => findJournal(context, reference) },
    { lookup: LOOKUPS.currentPeriod, find: () => currentPeriod(context) },
  ].map((lookup) => ({ ...lookup, trouble: () => LOOKUP_TROUBLES.find((trouble) => context.faults.isOn('erp-lookup-hangs', trouble)) })),
  async start(context, parts) {
    await parts.consume(INTERFACES.orderAcknowledgement, 'erp', (message) => acknowledgeOrder(context, message));
    parts.tick('item-changes', ITEM_CHANGES_PER_MINUTE, () => changeNextItem(context));
  },
});
