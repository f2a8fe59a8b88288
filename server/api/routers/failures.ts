import { z } from 'zod';
import { failureCursor, failureFilter } from '@/server/api/schemas/failures';
import { slug } from '@/server/api/schemas/primitives';
import { procedureFor, router } from '@/server/api/trpc';
import { countFailuresByReason } from '@/server/services/failures/count-failures-by-reason';
import { listFailedMessages } from '@/server/services/failures/list-failed-messages';

const filter = z.object({ flowId: slug, ...failureFilter });
const limit = z.number().int().min(1).max(500).default(100);

export const failuresRouter = router({
  byFlow: procedureFor('messages:read').input(filter.extend({ limit, cursor: failureCursor })).query(({ ctx, input }) => listFailedMessages(ctx, input)),
  reasonsOfFlow: procedureFor('messages:read').input(filter).query(({ ctx, input }) => countFailuresByReason(ctx, input)),
});
