'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { HoldView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { Dialog, FIRST_FOCUS } from '../../../_ui/dialog';
import { formText } from '../../../_ui/form-text';
import { fromLocalField, localZone, toLocalField } from '../../../_ui/form/local-time';
import { Notice } from '../../../_ui/states/notice';

const HOUR_MS = 3_600_000;

/** Sets a later review: a hold is never left alone in silence. */
export function ExtendHold({ hold }: { hold: HoldView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const extend = useMutation({
    ...trpc.operations.extend.mutationOptions(),
    onSuccess: async () => {
      setOpen(false);
      await queryClient.invalidateQueries(trpc.operations.pathFilter());
    },
  });
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Review later
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Review the hold later">
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            extend.mutate({ holdId: hold.id, reviewBy: fromLocalField(formText(form, 'reviewBy')), reason: formText(form, 'reason') });
          }}
        >
          <p>The hold stays in place. When the time has come its owner must decide anew; nothing is released by itself.</p>
          <label className="block">
            <span className="mb-1 block font-medium">Review by</span>
            <input
              {...FIRST_FOCUS}
              className="field w-full max-w-64"
              type="datetime-local"
              name="reviewBy"
              required
              defaultValue={toLocalField(Date.parse(hold.reviewBy) + HOUR_MS)}
            />
            <span className="block text-muted">Time zone {localZone()}</span>
          </label>
          <label className="block">
            <span className="mb-1 block font-medium">Reason</span>
            <input className="field w-full" name="reason" required minLength={3} maxLength={500} autoComplete="off" />
          </label>
          {extend.isError && <Notice severity="error" text={extend.error.message} />}
          <div className="flex gap-2">
            <button type="submit" className="button button-primary" disabled={extend.isPending}>
              Set the review
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
