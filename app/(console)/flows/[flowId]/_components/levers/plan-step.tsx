'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../../../_api/trpc';
import { FailureState } from '../../../../../_ui/states/failure-state';
import { Notice } from '../../../../../_ui/states/notice';
import { ConfirmForm } from '../../../../operations/_act/confirm-form';
import { Planning } from '../../../../operations/_act/planning';
import { useAskAgain } from '../../../../operations/_act/use-ask-again';
import { useOperation } from '../../../../operations/_act/use-operation';
import { OperationMark } from '../../../../operations/_marks/operation-mark';
import { PlanView } from '../../../../operations/_plan/plan-view';
import { isUndecided } from '../../../../operations/_words/operation-words';
import { useLeverHand } from './lever-hand';
import { StepFrame } from './step-frame';

/** Preview and confirm: what was planned, read before it is done. */
export function PlanStep({ operationId }: { operationId: string }) {
  const operation = useOperation(operationId);
  if (operation.data === undefined) {
    return (
      <StepFrame step="Preview">
        {operation.isError ? <FailureState error={operation.error} what="operation" onRetry={() => void operation.refetch()} /> : <Planning operation={null} />}
      </StepFrame>
    );
  }
  if (operation.data.state === 'draft') {
    return (
      <StepFrame step="Preview" footer={<Discard operation={operation.data} />}>
        <Planning operation={operation.data} />
      </StepFrame>
    );
  }
  return isUndecided(operation.data.state) ? <Planned operation={operation.data} /> : <Decided operation={operation.data} />;
}

function Planned({ operation }: { operation: OperationView }) {
  const router = useRouter();
  const { showPlan } = useLeverHand();
  const [confirming, setConfirming] = useState(false);
  const again = useAskAgain(operation, showPlan);
  const { plan, planHash, locks } = operation;
  if (plan === null || planHash === null) return null;
  if (confirming) {
    return (
      <StepFrame step="Confirm">
        <ConfirmForm operation={operation} plan={plan} planHash={planHash} onConfirmed={({ id }) => router.push(`/operations/${id}`)} onNewPlan={again.ask}>
          <button type="button" className="button" onClick={() => setConfirming(false)}>
            Back to the preview
          </button>
        </ConfirmForm>
        {again.problem !== null && <Notice severity="error" text={again.problem} />}
      </StepFrame>
    );
  }
  return (
    <StepFrame
      step="Preview"
      footer={
        <>
          <button type="button" className="button button-primary" disabled={locks.length > 0} onClick={() => setConfirming(true)}>
            Go on to confirm
          </button>
          <Change operation={operation} />
          <Discard operation={operation} />
          {locks.length > 0 && <p className="basis-full">Locked for the {locks.length === 1 ? 'reason' : 'reasons'} at the top of the plan.</p>}
        </>
      }
    >
      <PlanView operation={operation} plan={plan} />
    </StepFrame>
  );
}

/** Somebody decided, or no plan came about: where to go from here. */
function Decided({ operation }: { operation: OperationView }) {
  const { showPlan } = useLeverHand();
  const again = useAskAgain(operation, showPlan);
  const unplanned = operation.plan === null;
  return (
    <StepFrame
      step="Preview"
      footer={
        <>
          <Link href={`/operations/${operation.id}`} className={`button ${unplanned ? '' : 'button-primary'}`}>
            Open the operation
          </Link>
          {unplanned && (
            <button type="button" className="button button-primary" onClick={again.ask}>
              Make a new plan
            </button>
          )}
        </>
      }
    >
      <div className="space-y-3">
        <OperationMark state={operation.state} />
        {operation.state === 'failed' ? <Notice severity="error" text={operation.summary} /> : <p>{operation.summary}</p>}
        {again.problem !== null && <Notice severity="error" text={again.problem} />}
      </div>
    </StepFrame>
  );
}

/** Back to choosing, with everything as it was chosen; this plan is given up. */
function Change({ operation }: { operation: OperationView }) {
  const { take } = useLeverHand();
  const cancel = useMutation(useTRPC().operations.cancel.mutationOptions());
  const { request } = operation;
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        if (operation.may.cancel.allowed) cancel.mutate({ id: operation.id });
        take(request.kind, { hopId: request.hopId, from: request, ...('holdId' in request ? { holdId: request.holdId } : {}) });
      }}
    >
      Choose differently
    </button>
  );
}

function Discard({ operation }: { operation: OperationView }) {
  const { letGo } = useLeverHand();
  const cancel = useMutation({ ...useTRPC().operations.cancel.mutationOptions(), onSuccess: letGo });
  if (!operation.may.cancel.allowed) return null;
  return (
    <>
      <button type="button" className="button text-muted" disabled={cancel.isPending} onClick={() => cancel.mutate({ id: operation.id })}>
        Discard the plan
      </button>
      {cancel.isError && (
        <p role="alert" className="basis-full text-failing">
          {cancel.error.message}
        </p>
      )}
    </>
  );
}
