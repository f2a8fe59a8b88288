import type { BusinessMessage } from '../../network/message';
import type { ApiRoute } from '../../network/routes';
import { ROUTES } from '../../network/routes';
import type { ServedLookup } from '../../runtime/lookups';
import type { SystemContext } from '../../runtime/system';
import { runSystem } from '../../runtime/system';
import type { SystemId } from '../../vocabulary';
import { remittanceOf, serialOf } from './remittance';
import { takeClaim } from './take-claim';

/** What one clearinghouse has that the other has not. */
export interface Clearinghouse {
  id: SystemId;
  submit: ApiRoute;
  lookups?: (context: SystemContext) => ServedLookup[];
  /** Fails for what it does not take. */
  admit: (context: SystemContext, message: BusinessMessage) => void;
}

/** An acknowledgement of a claim: 999 or 277CA, with the payer's verdict. */
function answerTo(claim: BusinessMessage, type: '999' | '277', outcome: string): BusinessMessage {
  return { facts: { ...claim.facts, messageId: `${type}-${serialOf(claim)}` }, details: { outcome } };
}

/** Runs a clearinghouse as this process: it takes claims, and sends what their payers answer. */
export async function runClearinghouse({ id, submit, lookups, admit }: Clearinghouse): Promise<void> {
  await runSystem({
    id,
    routes: (context) => [{
      route: submit,
      handle: async (message) => {
        admit(context, message);
        await takeClaim(context, id, message);
      },
    }],
    ...(lookups === undefined ? {} : { lookups }),
    async start({ call, faults }, parts) {
      await parts.agenda({
        'send 999': {
          run: (claim, attempt) =>
            call(ROUTES.receiveClaimAcknowledgement, answerTo(claim, '999', 'A'), attempt),
        },
        'send 277CA': {
          run: (claim, attempt) =>
            call(ROUTES.receiveClaimStatus, answerTo(claim, '277', 'A2'), attempt),
        },
        'send 835': {
          run: (message, attempt) => call(ROUTES.receiveRemittance, remittanceOf(message), attempt),
          isHeld: () => faults.isOn('feed-silent', 'remittances'),
        },
      });
    },
  });
}
