'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { actorInWords } from '@/server/domain/roles/actor';
import type { HoldView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { Dialog, FIRST_FOCUS } from '../../../_ui/dialog';
import { formText } from '../../../_ui/form-text';
import { Notice } from '../../../_ui/states/notice';

/** Makes the viewer the one who answers for a hold. */
export function TakeOver({ hold }: { hold: HoldView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const takeOver = useMutation({
    ...trpc.operations.takeOver.mutationOptions(),
    onSuccess: async () => {
      setOpen(false);
      await queryClient.invalidateQueries(trpc.operations.pathFilter());
    },
  });
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Take over
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Take over the hold">
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            takeOver.mutate({ holdId: hold.id, reason: formText(new FormData(event.currentTarget), 'reason') });
          }}
        >
          <p>
            You become the owner in place of {actorInWords(hold.owner)}: you are reminded of it, and you decide when it is reviewed. The hold itself stays as it is.
          </p>
          <label className="block">
            <span className="mb-1 block font-medium">Reason</span>
            <input {...FIRST_FOCUS} className="field w-full" name="reason" required minLength={3} maxLength={500} autoComplete="off" placeholder="For example: shift change" />
          </label>
          {takeOver.isError && <Notice severity="error" text={takeOver.error.message} />}
          <div className="flex gap-2">
            <button type="submit" className="button button-primary" disabled={takeOver.isPending}>
              Take over
            </button>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Leave it
            </button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
