import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import type { OperationStepView } from '@/server/services/operations/operation-view';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { StepMark } from '../../_marks/step-mark';

/** The channels of an operation in the order of acting, each with how it stands and what was last said of it. */
export function StepList({ steps }: { steps: readonly OperationStepView[] }) {
  return (
    <ol aria-live="polite" className="border-y border-line bg-panel">
      {steps.map(({ position, hopId, method, state, sentence, startedAt, settledAt }) => (
        <li key={position} className="flex gap-4 border-b border-line px-4 py-2 last:border-b-0">
          <span className="w-4 shrink-0 text-right text-muted tabular-nums">{position}</span>
          <div className="min-w-0">
            <p className="flex flex-wrap items-baseline gap-x-3">
              <StepMark state={state} />
              <span className="break-words">
                <span className="font-medium">{hopId}</span>, {METHOD_WORDS[method].name.toLowerCase()}
              </span>
              {startedAt !== null && (
                <span className="text-muted">
                  <RelativeTime instant={settledAt ?? startedAt} />
                </span>
              )}
            </p>
            {sentence !== '' && <p className="break-words">{sentence}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
