'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TokenView } from '@/server/services/tokens/token-view';
import { useTRPC } from '../../../_api/trpc';
import { Dialog } from '../../../_ui/dialog';
import { Notice } from '../../../_ui/states/notice';

/** Says what revoking does before it does it: whoever uses the token is refused from then on. */
export function RevokeToken({ token, onDone }: { token: TokenView | null; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation({
    ...trpc.settings.tokens.revoke.mutationOptions(),
    onSuccess: async () => {
      await queryClient.invalidateQueries(trpc.settings.tokens.list.queryFilter());
      onDone();
    },
  });
  const close = () => {
    revoke.reset();
    onDone();
  };
  return (
    <Dialog open={token !== null} onClose={close} title={`Revoke ${token?.name ?? 'token'}`}>
      <div className="space-y-4">
        <p>
          {token?.kind === 'ingest'
            ? 'Whoever sends telemetry with this token is refused from now on. Senders keep trying for a while, then lose what they hold.'
            : 'Whoever calls the API with this token is refused from now on.'}{' '}
          This cannot be undone; you can make a new token.
        </p>
        {revoke.isError && <Notice severity="error" text={revoke.error.message} />}
        <div className="flex gap-2">
          <button
            type="button"
            className="button button-primary"
            disabled={revoke.isPending || token === null}
            onClick={() => token !== null && revoke.mutate({ tokenId: token.id })}
          >
            Revoke
          </button>
          <button type="button" className="button" onClick={close}>
            Keep it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
