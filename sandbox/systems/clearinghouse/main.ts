import type { BusinessMessage } from '../../network/message';
import { ROUTES } from '../../network/routes';
import { runSystem } from '../../runtime/system';
import { remittanceOf, serialOf } from './remittance';
import { takeClaim } from './take-claim';

/** An acknowledgement of a claim: 999 or 277CA, with the payer's verdict. */
function answerTo(claim: BusinessMessage, type: '999' | '277', outcome: string): BusinessMessage {
  return { facts: { ...claim.facts, messageId: `${type}-${serialOf(claim)}` }, details: { outcome } };
}

await runSystem({
  id: 'clearinghouse',
  routes: (context) => [{ route: ROUTES.submitClaim, handle: (message) => takeClaim(context, message) }],
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
