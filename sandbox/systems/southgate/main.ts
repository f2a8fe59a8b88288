import { fact } from '../../network/message';
import { ROUTES } from '../../network/routes';
import { Failure } from '../../runtime/failure';
import { runClearinghouse } from '../clearinghouse/run-clearinghouse';

/** Payers that the network is enrolled with here; the others would take weeks of paperwork. */
const ENROLLED = ['60410', '00435', '01911'];

await runClearinghouse({
  id: 'southgate',
  submit: ROUTES.submitClaimToSouthgate,
  admit(_context, message) {
    const payer = fact(message, 'payer');
    if (!ENROLLED.includes(payer)) throw new Failure('PAYER_NOT_ENROLLED', `The network is not enrolled with payer ${payer} here`, 422);
  },
});
