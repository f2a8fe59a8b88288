import { procedureFor, router } from '@/server/api/trpc';
import { createToken, createTokenInput } from '@/server/services/tokens/create-token';
import { listTokens } from '@/server/services/tokens/list-tokens';
import { revokeToken, revokeTokenInput } from '@/server/services/tokens/revoke-token';

export const settingsRouter = router({
  tokens: router({
    list: procedureFor('tokens:read').query(({ ctx }) => listTokens(ctx)),
    create: procedureFor('tokens:manage').input(createTokenInput).mutation(({ ctx, input }) => createToken(ctx, input)),
    revoke: procedureFor('tokens:manage').input(revokeTokenInput).mutation(({ ctx, input }) => revokeToken(ctx, input)),
  }),
});
