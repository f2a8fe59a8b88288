import Link from 'next/link';
import { actorInWords } from '@/server/domain/roles/actor';
import type { OperationView } from '@/server/services/operations/operation-view';
import { RelativeTime } from '../../_ui/live/relative-time';
import { Decide } from '../operations/_act/decide';
import { FirstPerson } from '../operations/_act/first-person';
import { Review } from '../operations/_act/review';
import { OperationMark } from '../operations/_marks/operation-mark';
import { PlanToDecide } from '../operations/_plan/plan-to-decide';
import { operationTitle, whereWords } from '../operations/_words/operation-words';

/** One thing to decide, with all that the requester saw. */
export function ApprovalCard({ operation, unfolded }: { operation: OperationView; unfolded: boolean }) {
  const { planHash } = operation;
  const id = `approval-${operation.id}`;
  return (
    <article aria-labelledby={id} className="border-y border-line bg-panel px-4 py-4">
      <div className="max-w-3xl space-y-4">
        <header>
          <h2 id={id} className="text-lg font-semibold">
            <Link href={`/operations/${operation.id}`} className="hover:underline">
              {operationTitle(operation)}
            </Link>
          </h2>
          <p className="flex flex-wrap gap-x-3">
            <OperationMark state={operation.state} />
            <span className="text-muted">{whereWords(operation)}</span>
          </p>
          <p>
            {actorInWords(operation.requestedBy)} asked for it <RelativeTime instant={operation.confirmedAt ?? operation.requestedAt} />
            {operation.reason !== null && <>: {operation.reason}</>}
            {operation.ticket !== null && <span className="text-muted"> ({operation.ticket})</span>}
          </p>
          <FirstPerson operation={operation} />
        </header>
        <PlanToDecide operation={operation} unfolded={unfolded} />
        {operation.state === 'awaiting-approval' && planHash !== null && (
          <div className="border-t border-line pt-3">
            <Decide operation={operation} planHash={planHash} />
          </div>
        )}
        {operation.reviewOpen && (
          <div className="border-t border-line pt-3">
            <p className="mb-3">{operation.summary}</p>
            <Review operation={operation} />
          </div>
        )}
      </div>
    </article>
  );
}
