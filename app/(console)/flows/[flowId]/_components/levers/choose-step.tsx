'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import type { OperationKind } from '@/server/domain/operations/kinds';
import type { LeverFrame } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../../../_api/trpc';
import { newId } from '../../../../../_ui/new-id';
import { FailureState } from '../../../../../_ui/states/failure-state';
import { Loading, Skeleton } from '../../../../../_ui/states/skeleton';
import { Notice } from '../../../../../_ui/states/notice';
import { problemsOfRefusal } from '../../../../operations/_act/refused-fields';
import { LeversDisabled } from '../../../../operations/_switch/levers-disabled';
import { LeverFields } from './choose/lever-fields';
import { LeverFormProvider } from './choose/lever-form';
import { draftOf, newDraft, requestOf, type DraftProblems, type LeverDraft } from './lever-draft';
import { useLeverHand, type LeverStart } from './lever-hand';
import { StepFrame } from './step-frame';

interface Props {
  lever: OperationKind;
  flow: FlowDetail;
  firstHopId: string | null;
}

/** What exactly: everything that a plan needs to be absolute and complete. */
export function ChooseStep({ lever, flow, firstHopId }: Props) {
  const trpc = useTRPC();
  const [hopId, setHopId] = useState(firstHopId);
  /** What was filled in before another hop was chosen. */
  const [kept, setKept] = useState<LeverDraft | null>(null);
  const frame = useQuery({ ...trpc.operations.frame.queryOptions({ flowId: flow.id, ...(hopId === null ? {} : { hopId }) }), placeholderData: keepPreviousData });
  const { unknownOf } = useLeverHand();
  const unknown = useQuery({ ...trpc.operations.items.queryOptions({ id: unknownOf ?? '', state: 'unknown', limit: 500 }), enabled: unknownOf !== null });
  const error = frame.error ?? unknown.error;
  if (frame.data === undefined || (unknownOf !== null && unknown.data === undefined)) {
    return (
      <StepFrame step="Choose">
        {error !== null ? (
          <FailureState error={error} what="levers" onRetry={() => void frame.refetch()} />
        ) : (
          <Loading what="what can be chosen">
            <div className="space-y-4">
              <Skeleton className="h-8 w-full max-w-md" />
              <Skeleton className="h-8 w-full max-w-sm" />
              <Skeleton className="h-24 w-full" />
            </div>
          </Loading>
        )}
      </StepFrame>
    );
  }
  const chooseHop = (next: string, draft: LeverDraft) => {
    setKept(draft);
    setHopId(next);
  };
  const asked: Partial<LeverDraft> = kept ?? (unknown.data === undefined ? {} : { selectBy: 'items', itemKeys: unknown.data.items.map(({ itemKey }) => itemKey), overrideUnknown: true });
  return <ChooseForm key={frame.data.hopId} lever={lever} flow={flow} frame={frame.data} asked={asked} onHop={chooseHop} />;
}

function ChooseForm({ lever, flow, frame, asked, onHop }: { lever: OperationKind; flow: FlowDetail; frame: LeverFrame; asked: Partial<LeverDraft>; onHop: (hopId: string, draft: LeverDraft) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { holdId, start, showPlan, letGo } = useLeverHand();
  const [draft, setDraft] = useState(() => firstDraft(lever, frame, holdId, start, asked));
  const [problems, setProblems] = useState<DraftProblems>({});
  /** The same choice is the same operation, however often it is sent. */
  const sent = useRef<{ draft: LeverDraft; id: string } | null>(null);
  const request = useMutation({
    ...trpc.operations.request.mutationOptions(),
    onSuccess: (operation) => {
      queryClient.setQueryData(trpc.operations.byId.queryKey({ id: operation.id }), operation);
      showPlan(operation.id);
    },
    onError: (error) => setProblems(problemsOfRefusal(error)),
  });
  const ways = frame.levers.filter(({ kind }) => kind === lever);
  const locks = ways.length > 0 && ways.every(({ locked }) => locked !== null) ? [...new Set(ways.flatMap(({ locked }) => locked ?? []))] : [];
  const plan = () => {
    if (sent.current?.draft !== draft) sent.current = { draft, id: newId() };
    const asking = requestOf(draft, sent.current.id);
    setProblems(asking.problems ?? {});
    if (asking.request !== null) request.mutate(asking.request);
  };
  const formId = `choose-${lever}`;
  return (
    <StepFrame
      step="Choose"
      footer={
        <>
          <button type="submit" form={formId} className="button button-primary" disabled={request.isPending || locks.length > 0 || frame.leversDisabled !== null}>
            {request.isPending ? 'Asking …' : 'Make the plan'}
          </button>
          <button type="button" className="button" onClick={letGo}>
            Leave it
          </button>
          <p className="text-muted">Nothing is changed yet.</p>
        </>
      }
    >
      <LeverFormProvider value={{ draft, problems, frame, flow, change: (change) => setDraft((before) => ({ ...before, ...change })), chooseHop: (next) => onHop(next, draft) }}>
        <form
          id={formId}
          noValidate
          className="space-y-5"
          onSubmit={(event) => {
            event.preventDefault();
            plan();
          }}
        >
          <LeversDisabled disabled={frame.leversDisabled} />
          {frame.leversDisabled === null && locks.map((lock) => <Notice key={lock} severity="error" text={`Locked: ${lock}`} />)}
          <LeverFields />
          {request.isError && <Notice severity="error" text={request.error.message} />}
          {Object.keys(problems).length > 0 && (
            <p role="alert" className="text-failing">
              No plan was made: correct what is marked first.
            </p>
          )}
        </form>
      </LeverFormProvider>
    </StepFrame>
  );
}

function firstDraft(lever: OperationKind, frame: LeverFrame, holdId: string | null, start: LeverStart, asked: Partial<LeverDraft>): LeverDraft {
  const fresh = newDraft({ kind: lever, flowId: frame.flowId, hopId: frame.hopId }, Date.now(), lever === 'reroute' ? frame.maxRerouteMs : frame.maxHoldMs);
  const method = frame.levers.find(({ kind, locked }) => kind === 'pause' && locked === null)?.method ?? '';
  const hold = holdId ?? frame.holds.find(({ kind }) => (kind === 'reroute') === (lever === 'restore'))?.id ?? '';
  const [alternate] = frame.alternates;
  const filled: LeverDraft = { ...fresh, method: lever === 'pause' ? method : '', holdId: hold, alternate: frame.alternates.length === 1 ? (alternate?.id ?? '') : '' };
  const from = start.from?.kind === lever ? draftOf(start.from, filled) : filled;
  return { ...from, ...start.fields, ...asked, hopId: frame.hopId };
}
