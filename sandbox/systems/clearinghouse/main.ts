import { LOOKUPS, ROUTES } from '../../network/routes';
import { Failure } from '../../runtime/failure';
import { runClearinghouse } from './run-clearinghouse';

await runClearinghouse({
  id: 'clearinghouse',
  submit: ROUTES.submitClaim,
  lookups: ({ faults }) => [{ lookup: LOOKUPS.submissions, find: async () => ({ submissions: faults.isOn('clearinghouse-down') ? 'closed' : 'open' }) }],
  admit({ faults }) {
    if (faults.isOn('clearinghouse-down')) throw new Failure('CLEARINGHOUSE_CLOSED', 'Northstar takes no claims at the moment', 503);
  },
});
