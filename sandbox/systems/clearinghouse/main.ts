import { ROUTES } from '../../network/routes';
import { runSystem } from '../../runtime/system';
import { remittanceOf } from './remittance';
import { takeClaim } from './take-claim';

await runSystem({
  id: 'clearinghouse',
  routes: (context) => [{ route: ROUTES.submitClaim, handle: (message) => takeClaim(context, message) }],
  async start({ call, faults }, parts) {
    await parts.agenda({
      'send 999': {
        run: ({ facts }, attempt) =>
          call(ROUTES.receiveClaimAcknowledgement, { facts: { ...facts, messageId: `999-${facts.claim}` }, details: { outcome: 'A' } }, attempt),
      },
      'send 277CA': {
        run: ({ facts }, attempt) =>
          call(ROUTES.receiveClaimStatus, { facts: { ...facts, messageId: `277-${facts.claim}` }, details: { outcome: 'A2' } }, attempt),
      },
      'send 835': {
        run: (message, attempt) => call(ROUTES.receiveRemittance, remittanceOf(message), attempt),
        isHeld: () => faults.isOn('feed-silent', 'remittances'),
      },
    });
  },
});
