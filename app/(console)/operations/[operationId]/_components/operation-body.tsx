'use client';

import { useQuery } from '@tanstack/react-query';
import { isFinal } from '@/server/domain/operations/operation-states';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../../_api/trpc';
import { useReadAgainWhen } from '../../../../_ui/live/read-again';
import { useRefreshInterval } from '../../../../_ui/live/refresh';
import { Section } from '../../../../_ui/section';
import { Decide } from '../../_act/decide';
import { FirstPerson } from '../../_act/first-person';
import { Review } from '../../_act/review';
import { HoldPanel } from '../../_holds/hold-panel';
import { PlanView } from '../../_plan/plan-view';
import { Received } from '../../_received/received';
import { named } from '../../_words/extent-words';
import { isUndecided } from '../../_words/operation-words';
import { FollowUp } from './follow-up';
import { ItemTable } from './item-table';
import { OperationHeader } from './operation-header';
import { Progress, tellsProgress } from './progress';
import { StepList } from './step-list';
import { Timeline } from './timeline';
import { Undecided } from './undecided';

export function OperationBody({ operation }: { operation: OperationView }) {
  const { state, plan, planHash, items } = operation;
  const deciding = state === 'awaiting-approval';
  const begun = operation.startedAt !== null;
  const hasItems = Object.keys(items).length > 0;
  return (
    <div className="space-y-8">
      <OperationHeader operation={operation} />
      {operation.reviewOpen && (
        <div className="max-w-3xl px-4">
          <Review operation={operation} />
        </div>
      )}
      {isUndecided(state) && <Undecided operation={operation} />}
      {deciding && plan !== null && planHash !== null && (
        <Section title="Waits for a second person" note="The same plan that the requester confirmed">
          <div className="max-w-3xl space-y-6 px-4">
            <PlanView operation={operation} plan={plan} />
            <FirstPerson operation={operation} />
            {operation.approvers.length > 0 && !operation.may.approve.allowed && <p>{named(operation.approvers, 10)} can approve it.</p>}
            <Decide operation={operation} planHash={planHash} />
          </div>
        </Section>
      )}
      {(begun || (hasItems && !isUndecided(state) && !deciding)) && tellsProgress(operation) && (
        <Section title="Progress">
          <Progress operation={operation} />
        </Section>
      )}
      {operation.steps.length > 0 && begun && (
        <Section title="Channel by channel" note="In the order of acting">
          <StepList steps={operation.steps} />
        </Section>
      )}
      <OperationHolds operation={operation} />
      {operation.holdId !== null && (operation.kind === 'restore' || (operation.kind === 'reroute' && begun)) && (
        <div id="received" className="scroll-mt-16">
          <Received holdId={operation.holdId} />
        </div>
      )}
      <FollowUp operation={operation} />
      {hasItems && (
        <Section title="Item by item" note={isFinal(state) ? 'What became of each' : 'As it stands now'}>
          <ItemTable operation={operation} />
        </Section>
      )}
      {plan !== null && !isUndecided(state) && !deciding && (
        <details className="px-4">
          <summary className="w-fit min-h-8 py-1 text-lg font-semibold">The plan as it was confirmed</summary>
          <div className="max-w-3xl pt-2">
            <PlanView operation={{ ...operation, locks: [] }} plan={plan} />
          </div>
        </details>
      )}
      <Section title="Timeline" note="Newest first">
        <Timeline events={operation.events} />
      </Section>
    </div>
  );
}

/** The hold that it made or acts on, or that of each of its channels, as it stands now. */
function OperationHolds({ operation }: { operation: OperationView }) {
  const { holdId, state, steps } = operation;
  const holdIds = [...(holdId === null ? [] : [holdId]), ...steps.map((step) => step.holdId)];
  const refetchInterval = useRefreshInterval();
  const holds = useQuery({
    ...useTRPC().operations.holds.queryOptions({ flowId: operation.flowId }),
    enabled: holdIds.length > 0,
    refetchInterval,
  });
  useReadAgainWhen(`${state} ${operation.progress.sentence ?? ''}`, holds.refetch);
  const known = holdIds.flatMap((id) => holds.data?.items.find((hold) => hold.id === id) ?? []);
  if (known[0] === undefined) return null;
  return (
    <Section title={steps.length > 0 ? 'The holds' : known[0].kind === 'pause' ? 'The hold' : 'The reroute'} note={steps.length > 0 ? 'As they are measured now' : 'As it is measured now'}>
      <div className="space-y-3">
        {known.map((hold) => (
          <HoldPanel key={hold.id} hold={hold} />
        ))}
      </div>
    </Section>
  );
}
