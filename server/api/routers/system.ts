import { procedureFor, router } from '@/server/api/trpc';
import { readSystemHealth } from '@/server/services/system/read-system-health';

export const systemRouter = router({
  health: procedureFor('system:read').query(({ ctx }) => readSystemHealth(ctx)),
});
