'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { isFinal } from '@/server/domain/operations/operation-states';
import { actorInWords } from '@/server/domain/roles/actor';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../../_api/trpc';
import { Fact, FactGrid } from '../../../../_ui/fact-grid';
import { formatInstant } from '../../../../_ui/format/instant';
import { CountdownTo } from '../../../../_ui/live/countdown';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { usePermission } from '../../../_session/permission';
import { StopButton } from '../../_act/stop-button';
import { useAskAgain } from '../../_act/use-ask-again';
import { useOperationChanged } from '../../_act/use-operation';
import { OperationMark } from '../../_marks/operation-mark';
import { isMoving, operationTitle, whereWords } from '../../_words/operation-words';

/** What it is, how it stands, who asked for it, and the buttons that act on it as a whole. */
export function OperationHeader({ operation }: { operation: OperationView }) {
  const mayAudit = usePermission('audit:read') === true;
  const flow = `/flows/${encodeURIComponent(operation.flowId)}?hop=${encodeURIComponent(operation.hopId)}`;
  return (
    <header className="space-y-4 px-4">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <h1 className="text-xl font-semibold">{operationTitle(operation)}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-x-3 text-base">
            <OperationMark state={operation.state} />
            {operation.emergency && <span className="rounded-xs border border-failing px-1 text-sm text-failing">begun in an emergency</span>}
          </p>
          <p role="status" className="text-base text-pretty break-words">
            {operation.summary}
          </p>
          {operation.startAt !== null && operation.startedAt === null && (
            <p>
              <span className="text-muted">Begins </span>
              <CountdownTo at={operation.startAt} />
              <span className="text-muted">, {formatInstant(operation.startAt)}</span>
            </p>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          {(operation.may.stop.allowed || (operation.stopRequestedAt !== null && isMoving(operation.state))) && <StopButton operation={operation} />}
          <CancelButton operation={operation} />
          <AgainButton operation={operation} />
          <Link href={flow} className="button">
            Open the flow
          </Link>
          {mayAudit && (
            <Link href={`/audit?subject=operation:${operation.id}`} className="button">
              Audit trail
            </Link>
          )}
        </div>
      </div>
      <FactGrid>
        <Fact term="Where">{whereWords(operation)}</Fact>
        <Fact term="Asked for by">
          {actorInWords(operation.requestedBy)}
          <span className="block text-muted">
            <RelativeTime instant={operation.requestedAt} />
          </span>
        </Fact>
        <Fact term="Reason">{operation.reason ?? 'not confirmed yet'}</Fact>
        <Fact term="Ticket">{operation.ticket ?? 'none'}</Fact>
        <Fact term={operation.emergency ? 'Review' : 'Approved by'}>
          <Approval operation={operation} />
        </Fact>
        <Fact term="Owner">{actorInWords(operation.owner)}</Fact>
      </FactGrid>
    </header>
  );
}

function Approval({ operation }: { operation: OperationView }) {
  if (operation.emergency) return operation.reviewedBy === null ? 'open' : `signed by ${actorInWords(operation.reviewedBy)}`;
  if (operation.approvedBy !== null) return actorInWords(operation.approvedBy);
  if (operation.state === 'awaiting-approval') return 'nobody yet';
  if (operation.plan?.approval.needed !== 'four-eyes') return 'no second person needed';
  return isFinal(operation.state) ? 'nobody' : 'a second person is needed';
}

/** Ends what has not begun; nothing was done, so nothing is asked. */
function CancelButton({ operation }: { operation: OperationView }) {
  const cancel = useMutation({ ...useTRPC().operations.cancel.mutationOptions(), onSuccess: useOperationChanged() });
  if (!operation.may.cancel.allowed) return null;
  return (
    <>
      <button type="button" className="button" disabled={cancel.isPending} onClick={() => cancel.mutate({ id: operation.id })}>
        {operation.state === 'planned' || operation.state === 'draft' ? 'Discard the plan' : 'Withdraw it'}
      </button>
      {cancel.isError && (
        <p role="alert" className="basis-full text-failing">
          {cancel.error.message}
        </p>
      )}
    </>
  );
}

/** What ended without having done everything can be planned anew; the new plan looks at the source as it is now. */
function AgainButton({ operation }: { operation: OperationView }) {
  const router = useRouter();
  const mayPlan = usePermission('operations:plan') === true;
  const again = useAskAgain(operation, (id) => router.push(`/operations/${id}`));
  const never = operation.startedAt === null && (operation.state === 'failed' || operation.state === 'aborted');
  if (!never || !mayPlan) return null;
  return (
    <>
      <button type="button" className="button" onClick={again.ask}>
        Make a new plan
      </button>
      {again.problem !== null && (
        <p role="alert" className="basis-full text-failing">
          {again.problem}
        </p>
      )}
    </>
  );
}
