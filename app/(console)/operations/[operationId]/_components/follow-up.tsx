'use client';

import Link from 'next/link';
import type { OperationView } from '@/server/services/operations/operation-view';
import { Notice } from '../../../../_ui/states/notice';
import { Section } from '../../../../_ui/section';
import { usePermission } from '../../../_session/permission';
import { messagesOf } from '../../_words/extent-words';

/** What can be undone, and what somebody still has to look into. */
export function FollowUp({ operation }: { operation: OperationView }) {
  const mayPlan = usePermission('operations:plan') === true;
  const { kind, state, items, plan, holdId } = operation;
  const unknown = items.unknown ?? 0;
  const rejected = items.rejected ?? 0;
  const worked = state === 'done' || state === 'partly-done' || state === 'verifying' || state === 'awaiting-confirmation';
  const undo = mayPlan && worked && holdId !== null ? UNDO[kind] : undefined;
  // The last channel first: the others are taken along from there.
  const last = mayPlan && kind === 'pause' ? operation.steps.findLast((step) => step.state === 'held' || step.state === 'left') : undefined;
  const flow = `/flows/${encodeURIComponent(operation.flowId)}?hop=${encodeURIComponent(operation.hopId)}`;
  const actable = undo !== undefined || last !== undefined;
  if (unknown === 0 && rejected === 0 && !actable) return null;
  return (
    <Section title="What can be done now">
      <div className="max-w-3xl space-y-3 px-4">
        {undo?.map(({ lever, words }) => (
          <Link key={lever} href={`${flow}&lever=${lever}&hold=${holdId}`} className="button mr-2">
            {words}
          </Link>
        ))}
        {last !== undefined && (
          <Link href={`/flows/${encodeURIComponent(operation.flowId)}?hop=${encodeURIComponent(last.hopId)}&lever=release&hold=${last.holdId}`} className="button mr-2">
            Release …
          </Link>
        )}
        {unknown > 0 && (
          <Notice
            severity="warning"
            text={`${messagesOf(`${unknown}`)} ended as unknown: sent or not, or no result came in time. Look at the target by business key first. A second replay is refused without an override that two people answer for.`}
            action={
              mayPlan && (
                <Link href={`${flow}&lever=replay&unknownOf=${operation.id}`} className="figure-link text-accent">
                  Plan a replay of the unknown ones …
                </Link>
              )
            }
          />
        )}
        {rejected > 0 && <Notice severity="warning" text={`${messagesOf(`${rejected}`)} failed again and ${rejected === 1 ? 'lies' : 'lie'} with the failed messages of the flow.`} action="Find the cause before you replay again." />}
        {actable && plan !== null && plan.act.undo !== '' && (
          <p>
            <span className="text-muted">Undo: </span>
            {plan.act.undo}
          </p>
        )}
      </div>
    </Section>
  );
}

/** What ends what an operation put in place. */
const UNDO: Partial<Record<OperationView['kind'], { lever: string; words: string }[]>> = {
  pause: [{ lever: 'canary', words: 'Canary …' }, { lever: 'release', words: 'Release …' }],
  canary: [{ lever: 'canary', words: 'Another canary …' }, { lever: 'release', words: 'Release …' }],
  reroute: [{ lever: 'restore', words: 'Restore …' }],
};
