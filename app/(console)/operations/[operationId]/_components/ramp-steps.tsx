import { countOf } from '../../../../_ui/format/number';
import type { ShownStep } from '@/server/domain/operations/ramp';

const WORDS: Record<ShownStep['state'], string> = { ahead: 'Ahead', sending: 'Sending', watching: 'Watching', passed: 'Good', stopped: 'Stopped' };

/** The steps of a ramp in order, the one that it is at marked. */
export function RampSteps({ steps }: { steps: readonly ShownStep[] }) {
  return (
    <ol aria-label="Steps" className="border-y border-line">
      {steps.map(({ percent, messages, state, sentence }) => {
        const isNow = state === 'sending' || state === 'watching';
        return (
          <li key={percent} aria-current={isNow ? 'step' : undefined} className="grid grid-cols-[4rem_5.5rem_1fr] gap-x-3 border-b border-line py-1 last:border-b-0 tabular-nums">
            <span className="font-medium">{percent} %</span>
            <span className={state === 'stopped' ? 'text-failing' : state === 'ahead' ? 'text-muted' : 'font-medium'}>{WORDS[state]}</span>
            <span className="min-w-0 break-words">
              <span className="text-muted">{messages === null ? 'All that is left.' : `${countOf(messages, 'message')}.`}</span> {sentence}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
