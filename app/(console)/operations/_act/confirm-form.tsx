'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperationPlan } from '@/server/domain/operations/plan';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { Field } from '../../../_ui/form/field';
import { Notice } from '../../../_ui/states/notice';
import { named } from '../_words/extent-words';
import { headline, shortHash } from '../_words/plan-sentences';
import { KIND_WORDS } from '../_words/operation-words';
import { LockList } from '../_plan/lock-list';
import { problemsOfRefusal } from './refused-fields';
import { useOperationChanged } from './use-operation';

interface Props {
  operation: OperationView;
  plan: OperationPlan;
  planHash: string;
  /** Told when it is confirmed, or asked for approval. */
  onConfirmed: (operation: OperationView) => void;
  /** Makes the same plan anew, where this one is no longer good. */
  onNewPlan: (() => void) | null;
  children?: React.ReactNode;
}

/** The last step: reason, ticket, the typed word of guarded acts; or the request for a second person; or the emergency. */
export function ConfirmForm({ operation, plan, planHash, onConfirmed, onNewPlan, children }: Props) {
  const trpc = useTRPC();
  const changed = useOperationChanged();
  const [reason, setReason] = useState('');
  const [ticket, setTicket] = useState('');
  const [typed, setTyped] = useState('');
  const settled = { onSuccess: async (after: OperationView) => {
    await changed(after);
    onConfirmed(after);
  } };
  const confirm = useMutation({ ...trpc.operations.confirm.mutationOptions(), ...settled });
  const emergency = useMutation({ ...trpc.operations.emergency.mutationOptions(), ...settled });
  const error = confirm.error ?? emergency.error;
  const refused = problemsOfRefusal(error);
  const { may, locks, approvers } = operation;
  const fourEyes = plan.approval.needed === 'four-eyes';
  const typedWell = plan.typedConfirmation === null || typed === plan.typedConfirmation;
  const ready = reason.trim().length >= 3 && typedWell && locks.length === 0 && !confirm.isPending && !emergency.isPending;
  const input = { id: operation.id, planHash, reason: reason.trim(), ...(ticket.trim() === '' ? {} : { ticket: ticket.trim() }), ...(plan.typedConfirmation === null ? {} : { typed }) };

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && may.confirm.allowed) confirm.mutate(input);
      }}
    >
      <p className="text-base font-medium text-pretty">{headline(operation.request, plan)}</p>
      <LockList locks={locks} />
      {!may.confirm.allowed && locks.length === 0 && <Notice severity="warning" text={may.confirm.because} />}
      <Field label="Reason" hint="Everybody sees it, and it stays in the audit trail. Name no patient." problem={refused.reason}>
        {(control) => <textarea {...control} className="field h-auto w-full py-1" rows={2} required minLength={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <Field label="Ticket" hint="Where this is tracked, if anywhere" className="max-w-64" problem={refused.ticket}>
        {(control) => <input {...control} className="field w-full" maxLength={100} autoComplete="off" value={ticket} onChange={(event) => setTicket(event.target.value)} />}
      </Field>
      {plan.typedConfirmation !== null && (
        <Field label={`Type ${plan.typedConfirmation} to go on`} hint="This act is guarded, because it is wide or cannot be undone" problem={refused.typed}>
          {(control) => <input {...control} className="field w-full max-w-80" autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
      )}
      {fourEyes && (
        <p>
          A second person must approve this plan before it begins.{' '}
          {approvers.length === 0 ? 'Nobody holds the role for it now: an administrator can grant approver.' : `${named(approvers, 10)} can approve it.`}
        </p>
      )}
      {error !== null && (
        <Notice
          severity="error"
          text={error.message}
          action={onNewPlan !== null && (
            <button type="button" className="figure-link min-h-6 text-accent" onClick={onNewPlan}>
              Make a new plan
            </button>
          )}
        />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="button button-primary" disabled={!ready || !may.confirm.allowed}>
          {confirm.isPending ? 'Asking …' : fourEyes ? 'Ask for approval' : `${KIND_WORDS[operation.kind].name} now`}
        </button>
        {children}
        <span className="text-xs text-muted">
          Plan <code title={planHash}>{shortHash(planHash)}</code>
        </span>
      </div>
      {!ready && locks.length === 0 && may.confirm.allowed && !confirm.isPending && (
        <p className="text-muted">{reason.trim().length < 3 ? 'Say why first.' : typedWell ? '' : `Type ${plan.typedConfirmation ?? ''} first.`}</p>
      )}
      {fourEyes && locks.length === 0 && (
        <details className="border-t border-line pt-2">
          <summary className="w-fit min-h-8 py-1.5 font-medium">Emergency: begin without the second person</summary>
          {may.emergency.allowed ? (
            <div className="space-y-3 pt-1">
              <ul className="list-disc space-y-1 pl-5 marker:text-muted">
                <li>It begins at once, in your name alone. Locks and preconditions still hold.</li>
                <li>A review stays open until another person, with the role approver, has signed it. Approvers are told now.</li>
                <li>Use it only where waiting does more harm than a mistake would.</li>
              </ul>
              <button type="button" className="button border-failing text-failing" disabled={!ready} onClick={() => emergency.mutate(input)}>
                {KIND_WORDS[operation.kind].name} now, in an emergency
              </button>
              {!ready && <p className="text-muted">Say why{plan.typedConfirmation === null ? '' : ' and type the word'} above first.</p>}
            </div>
          ) : (
            <p className="text-muted">{may.emergency.because}</p>
          )}
        </details>
      )}
    </form>
  );
}
