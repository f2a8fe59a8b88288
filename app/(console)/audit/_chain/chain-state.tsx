'use client';

import { useQuery } from '@tanstack/react-query';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { AuditVerification } from '@/server/domain/audit/audit-event-view';
import { useTRPC } from '../../../_api/trpc';
import { formatInstant } from '../../../_ui/format/instant';
import { formatCount } from '../../../_ui/format/number';
import { Notice } from '../../../_ui/states/notice';
import { AnchorFacts } from './anchor-facts';

/** Whether the chain holds, asked for by a button because every event is read, and how far it is known elsewhere. */
export function ChainState({ permitted }: { permitted: boolean }) {
  const trpc = useTRPC();
  const verification = useQuery({ ...trpc.audit.verify.queryOptions(), enabled: false, retry: false, staleTime: Number.POSITIVE_INFINITY });
  const anchors = useQuery({ ...trpc.audit.anchors.queryOptions(), enabled: permitted });
  return (
    <section aria-label="The chain" className="mx-4 grid gap-x-8 gap-y-3 rounded-sm border border-line bg-panel p-3 lg:grid-cols-2">
      <div className="flex flex-wrap items-start gap-3">
        <button type="button" className="button" disabled={!permitted || verification.isFetching} onClick={() => void verification.refetch()}>
          {verification.isFetching ? 'Verifying …' : 'Verify the chain'}
        </button>
        <div role="status" className="min-w-0 flex-1 basis-56">
          {verification.data ? <Result verification={verification.data} /> : !verification.isError && <p className="text-muted">Reads every event and compares it with its hash, the event before and the anchors.</p>}
        </div>
        {verification.isError && <Notice severity="error" text={verification.error.message} action="Try again." />}
      </div>
      <AnchorFacts anchors={anchors.data} failed={anchors.isError} />
    </section>
  );
}

function Result({ verification: { state, sentence, through, events, anchors, verifiedAt } }: { verification: AuditVerification }) {
  const Icon = state === 'intact' ? ShieldCheck : ShieldAlert;
  return (
    <>
      <p className={`flex items-start gap-1.5 font-medium ${state === 'intact' ? 'text-healthy' : 'text-failing'}`}>
        <Icon size={16} aria-hidden className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">{state === 'broken' ? `Broken. ${sentence}` : through ? `Intact up to #${through.seq} of ${formatInstant(through.at)}` : sentence}</span>
      </p>
      <p className="text-muted">
        {formatCount(events)} {events === '1' ? 'event holds' : 'events hold'}, compared with {formatCount(anchors)} anchors at {formatInstant(verifiedAt)}.
      </p>
    </>
  );
}
