import { procedureFor, router } from '@/server/api/trpc';
import { decideRequest, decideRequestInput } from '@/server/services/device/decide-request';
import { lookUpInput, lookUpRequest } from '@/server/services/device/look-up-request';

/** The browser's side of decisions that a terminal asks for. */
export const deviceRouter = router({
  /** Counts wrong codes, and so is no query. */
  lookUp: procedureFor('terminals:answer').input(lookUpInput).mutation(({ ctx, input }) => lookUpRequest(ctx, input)),
  decide: procedureFor('terminals:answer').input(decideRequestInput).mutation(({ ctx, input }) => decideRequest(ctx, input)),
});
