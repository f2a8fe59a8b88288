import type { HoldMethod } from '@/server/domain/operations/kinds';
import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import type { OperationPlan } from '@/server/domain/operations/plan';
import { countOf, formatCount } from '../../../_ui/format/number';
import { CountdownTo } from '../../../_ui/live/countdown';
import { knownCases, messagesOf } from '../_words/extent-words';
import { PlanPart } from './plan-part';

/** What each of several channels has, in the order of acting; a case that waits at two of them counts once above. */
export function PlanParts({ plan: { parts } }: { plan: OperationPlan }) {
  if (parts === undefined) return null;
  return (
    <PlanPart title={`${parts.length} channels, one after the other`}>
      <ol className="divide-y divide-line">
        {parts.map(({ position, hopId, method, extent, possibleDuplicates, holdBudget, act }) => (
          <li key={position} className="flex gap-3 py-1.5">
            <span className="w-4 shrink-0 text-right text-muted tabular-nums">{position}</span>
            <div className="min-w-0 tabular-nums">
              <p className="break-words">
                <span className="font-medium">{hopId}</span>, {METHOD_WORDS[method as HoldMethod].name.toLowerCase()}
                {act.locks.length > 0 && <span className="font-medium text-failing"> locked</span>}
              </p>
              <p className="flex flex-wrap gap-x-4 text-muted">
                <span>{extent.messages === null ? 'how many wait is not known' : `${messagesOf(extent.messages)} waiting`}</span>
                {knownCases(extent) !== null && <span>{countOf(extent.cases ?? 0, 'case')}</span>}
                {possibleDuplicates !== null && <span className="text-degraded">{formatCount(possibleDuplicates.messages)} may arrive twice</span>}
                {holdBudget?.earliest?.at != null && (
                  <span>
                    earliest harm <CountdownTo at={holdBudget.earliest.at} /> ({holdBudget.earliest.what})
                  </span>
                )}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </PlanPart>
  );
}
