import { z } from 'zod';
import { seriesRange } from '@/server/api/schemas/flows';
import { slug } from '@/server/api/schemas/primitives';
import { procedureFor, router } from '@/server/api/trpc';
import { readFlow } from '@/server/services/flows/read-flow';
import { readHopSeries } from '@/server/services/flows/read-hop-series';
import { readOverview } from '@/server/services/flows/read-overview';

export const flowsRouter = router({
  overview: procedureFor('flows:read').query(({ ctx }) => readOverview(ctx)),
  byId: procedureFor('flows:read').input(z.object({ flowId: slug })).query(({ ctx, input }) => readFlow(ctx, input)),
  hopSeries: procedureFor('flows:read').input(z.object({ flowId: slug, hopId: slug, range: seriesRange })).query(({ ctx, input }) => readHopSeries(ctx, input)),
});
