import { INTERFACES } from '../../network/interfaces';
import { LOOKUPS, ROUTES } from '../../network/routes';
import { sendNextExtract } from '../../runtime/extract';
import { takeItemVersion } from '../../runtime/item-subscription';
import { runSystem } from '../../runtime/system';
import { bookCharge, findAccount, findCharge } from './charges';
import { noteAccepted, noteReceived } from './claims';
import { findPosting, loadRemittance, postRemittance } from './remittances';

const EXTRACTS_PER_MINUTE = 75;

await runSystem({
  id: 'billing',
  routes: (context) => [
    { route: ROUTES.postCharge, handle: (message) => bookCharge(context, message) },
    { route: ROUTES.putItemInBilling, handle: (message) => takeItemVersion(context.pool, 'billing', message) },
  ],
  lookups: (context) => [
    { lookup: LOOKUPS.charge, find: (charge) => findCharge(context, charge) },
    { lookup: LOOKUPS.account, find: (account) => findAccount(context, account) },
    { lookup: LOOKUPS.posting, find: (reference) => findPosting(context, reference) },
  ],
  async start(context, parts) {
    await parts.consume(INTERFACES.claimAcknowledgement, 'billing', (message) => noteReceived(context, message));
    await parts.consume(INTERFACES.claimStatus, 'billing', (message) => noteAccepted(context, message));
    await parts.consume(INTERFACES.remittance, 'billing', (message) => loadRemittance(context, message));
    await parts.consume(INTERFACES.remittancePosting, 'billing', (message) => postRemittance(context, message));
    const gate = parts.gate('billing-cycle-refresh');
    parts.tick('cycle-extracts', EXTRACTS_PER_MINUTE, async () => {
      if (gate?.mayRun() !== false) await sendNextExtract(context, 'cycle-extracts', INTERFACES.cycleExtract, 'BX');
    });
  },
});
