import { INTERFACES } from '../../network/interfaces';
import type { BusinessMessage } from '../../network/message';
import { ROUTES } from '../../network/routes';
import { Failure } from '../../runtime/failure';
import type { SystemContext } from '../../runtime/system';
import { runSystem } from '../../runtime/system';
import { bookJournal, issueStock } from './finance';
import { changeNextItem } from './item-master';
import { acknowledgeOrder, orderRequisition, receiveGoods } from './procurement';

const ITEM_CHANGES_PER_MINUTE = 75;
const REFUSED_SHARE = 0.6;

await runSystem({
  id: 'erp',
  routes: (context) => {
    const guarded = (work: (context: SystemContext, message: BusinessMessage) => Promise<void>) => async (message: BusinessMessage) => {
      if (context.faults.isOn('erp-errors') && Math.random() < REFUSED_SHARE) {
        throw new Failure('ERP_503', 'The ERP is not available at the moment', 503);
      }
      await work(context, message);
    };
    return [
      { route: ROUTES.postIssue, handle: guarded(issueStock) },
      { route: ROUTES.postRequisition, handle: guarded(orderRequisition) },
      { route: ROUTES.postReceipt, handle: guarded(receiveGoods) },
      { route: ROUTES.postJournal, handle: guarded(bookJournal) },
    ];
  },
  async start(context, parts) {
    await parts.consume(INTERFACES.orderAcknowledgement, 'erp', (message) => acknowledgeOrder(context, message));
    parts.tick('item-changes', ITEM_CHANGES_PER_MINUTE, () => changeNextItem(context));
  },
});
