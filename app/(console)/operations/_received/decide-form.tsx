'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { RECEIVED_DECISIONS, type ReceivedDecision } from '@/server/domain/operations/received-decision';
import type { ReceivedPage } from '@/server/services/operations/received/received-view';
import { useTRPC } from '../../../_api/trpc';
import { formText } from '../../../_ui/form-text';
import { countOf } from '../../../_ui/format/number';
import { Notice } from '../../../_ui/states/notice';

type DecideInput = Parameters<NonNullable<ReturnType<ReturnType<typeof useTRPC>['operations']['decideReceived']['mutationOptions']>['mutationFn']>>[0];

/** Frozen when the dialog was opened: what was seen is what is decided on. */
export interface Deciding {
  count: number;
  asOf: string;
  selection: DecideInput['selection'];
}

interface Props {
  page: ReceivedPage;
  deciding: Deciding;
  onLeave: () => void;
  onDecided: (sentence: string) => void;
}

/** What becomes of messages that the alternate received. Nothing is chosen beforehand. */
export function DecideForm({ page: { holdId, alternate, resendRefused, whatToDo }, deciding: { count, asOf, selection }, onLeave, onDecided }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [decision, setDecision] = useState<ReceivedDecision | null>(null);
  const decide = useMutation({
    ...trpc.operations.decideReceived.mutationOptions({ trpc: { context: { large: true } } }),
    onSuccess: async ({ messages, unchanged, whatToDo: next }) => {
      await queryClient.invalidateQueries(trpc.operations.pathFilter());
      onDecided(`Decided on ${countOf(messages, 'message')}${unchanged === 0 ? '' : `; of ${unchanged} the same was decided before`}. ${next}`);
    },
  });
  const words: Record<ReceivedDecision, string> = { leave: `Leave it with ${alternate.name}`, void: `Void it at ${alternate.name}`, resend: 'Send it again to the primary' };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const reference = formText(form, 'reference');
        if (decision !== null) decide.mutate({ holdId, decision, asOf, selection, reason: formText(form, 'reason'), ...(reference === '' ? {} : { reference }) });
      }}
    >
      <fieldset className="space-y-2">
        <legend className="mb-1 font-medium">What becomes of {count === 1 ? 'it' : 'them'}</legend>
        {RECEIVED_DECISIONS.map((one) => (
          <label key={one} className="flex items-start gap-2">
            <input type="radio" name="decision" required value={one} checked={decision === one} disabled={one === 'resend' && resendRefused !== null} onChange={() => setDecision(one)} className="mt-1 accent-(--accent)" />
            <span>
              {words[one]}
              {one === 'resend' && resendRefused !== null && <span className="block break-words text-muted">{resendRefused}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {decision !== null && <p className="break-words">{whatToDo[decision]}</p>}
      <label className="block">
        <span className="mb-1 block font-medium">Reference{decision === 'void' ? '' : ' (optional)'}</span>
        <input className="field w-full" name="reference" required={decision === 'void'} maxLength={200} autoComplete="off" placeholder="For example: the number of the withdrawal" />
      </label>
      <label className="block">
        <span className="mb-1 block font-medium">Reason</span>
        <input className="field w-full" name="reason" required minLength={3} maxLength={500} autoComplete="off" />
      </label>
      {decide.isError && <Notice severity="error" text={decide.error.message} />}
      <div className="flex flex-wrap gap-2">
        <button type="submit" className="button button-primary" disabled={decide.isPending}>
          Decide on {countOf(count, 'message')}
        </button>
        <button type="button" className="button" onClick={onLeave}>
          Not now
        </button>
      </div>
    </form>
  );
}
