import { procedureFor, router } from '@/server/api/trpc';
import { readMe } from '@/server/services/users/read-me';

export const meRouter = router({
  get: procedureFor('signed-in').query(({ ctx }) => readMe(ctx)),
});
