'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { actorInWords } from '@/server/domain/roles/actor';
import type { DeviceRequestView } from '@/server/services/device/device-view';
import { useTRPC } from '../../_api/trpc';
import { CountdownTo } from '../../_ui/live/countdown';
import { RelativeTime } from '../../_ui/live/relative-time';
import { Notice } from '../../_ui/states/notice';
import { FirstPerson } from '../operations/_act/first-person';
import { PlanToDecide } from '../operations/_plan/plan-to-decide';
import { operationTitle, whereWords } from '../operations/_words/operation-words';
import { codeWords } from './code-words';

/** What a terminal asks for, from where and since when, with the plan that would be decided. */
export function DeviceRequest({ request, code, onOther }: { request: DeviceRequestView; code: string; onOther: () => void }) {
  const decide = useMutation(useTRPC().device.decide.mutationOptions());
  const { act, operation, planHash } = request;
  const id = `device-${request.id}`;
  const answer = (grant: boolean) => decide.mutate({ requestId: request.id, userCode: code, planHash, grant });
  if (decide.data !== undefined) {
    return (
      <section role="status" className="space-y-2">
        <h2 className="text-lg font-medium">{decide.data.granted ? 'The terminal goes on' : 'Refused'}</h2>
        <p>
          {decide.data.granted ? `It ${{ approve: 'approves', reject: 'rejects', confirm: 'confirms' }[act]} this plan as you, once.${act === 'confirm' ? ' Another person approves it then.' : ''}` : 'Nothing was decided about the operation.'}{' '}
          <Link href={`/operations/${operation.id}`} className="figure-link text-accent">
            See the operation
          </Link>
        </p>
      </section>
    );
  }
  return (
    <article aria-labelledby={id} className="space-y-4">
      <header className="space-y-2">
        <h2 id={id} className="text-lg font-semibold">
          {{ approve: 'Approve', reject: 'Reject', confirm: 'Confirm' }[act]}: {operationTitle(operation)}
        </h2>
        <p className="text-muted">{whereWords(operation)}</p>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          <dt className="text-muted">Code</dt>
          <dd className="font-mono font-semibold">{codeWords(code)}</dd>
          <dt className="text-muted">From</dt>
          <dd className="break-all">
            {request.requestedFrom}, as it calls itself; {actorInWords(request.requestedBy)}
          </dd>
          <dt className="text-muted">Asked</dt>
          <dd>
            <RelativeTime instant={request.requestedAt} />, ends <CountdownTo at={request.expiresAt} />
          </dd>
          <dt className="text-muted">Plan</dt>
          <dd className="font-mono break-all">{planHash}</dd>
          {request.words !== null && (
            <>
              <dt className="text-muted">{act === 'approve' ? 'Comment' : 'Reason'}</dt>
              <dd className="break-words">
                {request.words}
                {request.ticket !== null && <span className="text-muted"> ({request.ticket})</span>}
              </dd>
            </>
          )}
        </dl>
        <p>
          {actorInWords(operation.requestedBy)} asked for the operation
          {operation.reason !== null && <>: {operation.reason}</>}
          {operation.ticket !== null && <span className="text-muted"> ({operation.ticket})</span>}
        </p>
        {act === 'confirm' && operation.plan?.approval.needed === 'four-eyes' && <p>You answer for it as the first of two people, and cannot approve it afterwards.</p>}
        <FirstPerson operation={operation} />
      </header>
      <PlanToDecide operation={operation} />
      <div className="space-y-3 border-t border-line pt-3">
        <p>Does the terminal show the code {codeWords(code)}, and the beginning of this plan hash? Then it may {act} this plan as you, once.</p>
        {decide.isError && <Notice severity="error" text={decide.error.message} />}
        <div className="flex flex-wrap gap-2 max-sm:*:min-h-11 max-sm:*:flex-1 max-sm:*:justify-center">
          <button type="button" className="button button-primary" disabled={decide.isPending} onClick={() => answer(true)}>
            Yes, {act} it
          </button>
          <button type="button" className="button" disabled={decide.isPending} onClick={() => answer(false)}>
            No, refuse the terminal
          </button>
          <button type="button" className="button" onClick={onOther}>
            Another code
          </button>
        </div>
      </div>
    </article>
  );
}
