import { z } from 'zod';
import { spanId, traceId } from '@/server/api/schemas/primitives';
import { procedureFor, router } from '@/server/api/trpc';
import { readSpan } from '@/server/services/traces/read-span';
import { readTrace } from '@/server/services/traces/read-trace';

export const tracesRouter = router({
  byId: procedureFor('traces:read').input(z.object({ traceId })).query(({ ctx, input }) => readTrace(ctx, input)),
  span: procedureFor('traces:read').input(z.object({ traceId, spanId })).query(({ ctx, input }) => readSpan(ctx, input)),
});
