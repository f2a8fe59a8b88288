import type { OperationPlan } from '@/server/domain/operations/plan';
import { formatCount } from '../../../_ui/format/number';
import { messagesOf } from '../_words/extent-words';
import { notEligibleCount } from '../_words/plan-sentences';
import { PlanPart } from './plan-part';

/** What is left alone, why, and what to do instead. */
export function NotEligible({ plan }: { plan: OperationPlan }) {
  const count = notEligibleCount(plan);
  if (count === 0) return null;
  return (
    <PlanPart title={`Left alone: ${messagesOf(`${count}`)} not eligible`}>
      <table className="w-full">
        <caption className="sr-only">Messages that are not eligible, by reason</caption>
        <thead className="text-xs text-muted">
          <tr className="*:py-1 *:pr-3">
            <th scope="col" className="text-right">Count</th>
            <th scope="col">Why</th>
            <th scope="col">Instead</th>
          </tr>
        </thead>
        <tbody>
          {plan.items.notEligible.map((group) => (
            <tr key={group.reason} className="border-t border-line align-top *:py-1 *:pr-3">
              <td className="text-right tabular-nums">{formatCount(group.count)}</td>
              <td className="break-words">{group.reason}</td>
              <td className="break-words">{group.instead}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PlanPart>
  );
}
