import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import { actorInWords } from '@/server/domain/roles/actor';
import type { HoldView } from '@/server/services/operations/operation-view';
import { CountdownTo } from '../../_ui/live/countdown';
import { Elapsed } from '../../_ui/live/elapsed';
import { HoldMark } from '../operations/_marks/hold-mark';

/** What is held or rerouted on a flow, in words, where the flow stands in a list. No controls: those are on its page. */
export function HoldLines({ holds }: { holds: readonly HoldView[] | undefined }) {
  if (holds === undefined || holds.length === 0) return null;
  return (
    <ul>
      {holds.map((hold) => (
        <li key={hold.id} className="flex flex-wrap items-baseline gap-x-2">
          <HoldMark hold={hold} />
          <span>
            {METHOD_WORDS[hold.method].name} at {hold.hopId}
          </span>
          <span className="text-muted">
            for <Elapsed since={hold.heldAt ?? hold.requestedAt} />, {actorInWords(hold.owner)}
          </span>
          {hold.budget.earliest?.at != null && (
            <span>
              <span className="text-muted">earliest harm </span>
              <CountdownTo at={hold.budget.earliest.at} />
            </span>
          )}
          {hold.reviewOverdue && <span className="font-medium text-failing">review overdue</span>}
        </li>
      ))}
    </ul>
  );
}
