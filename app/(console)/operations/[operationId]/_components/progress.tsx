import { ITEM_STATE_WORDS } from '@/server/domain/operations/item-states';
import type { OperationView } from '@/server/services/operations/operation-view';
import { formatAge } from '../../../../_ui/format/duration';
import { countOf, formatCount, formatPercent, formatRate, NOT_KNOWN } from '../../../../_ui/format/number';
import { Elapsed } from '../../../../_ui/live/elapsed';
import { Notice } from '../../../../_ui/states/notice';
import { ItemMark } from '../../_marks/item-mark';
import { isMoving } from '../../_words/operation-words';
import { RampSteps } from './ramp-steps';
import { Figure } from './figure';
import { NeverEnds, ReleaseEnd } from './release-end';
import { ITEM_SHAPES, progressFigures, type ProgressFigures } from '../../_words/progress-figures';

/** Whether there is more to say of how far it is than its summary does. */
export function tellsProgress(operation: OperationView): boolean {
  const { progress: { sentence, steps, moved, errors = [] }, summary, state } = operation;
  return isMoving(state) || steps !== undefined || moved !== undefined || errors.length > 0 || progressFigures(operation).total > 0 || (sentence !== undefined && sentence !== summary);
}

/** How far it is: counts in words and as a bar, the rate, when it will be over, and the first errors. */
export function Progress({ operation }: { operation: OperationView }) {
  const figures = progressFigures(operation);
  const { progress, startedAt, state } = operation;
  const moving = isMoving(state);
  return (
    <div className="space-y-3 border-y border-line bg-panel px-4 py-3">
      {progress.sentence !== undefined && progress.sentence !== operation.summary && <p>{progress.sentence}</p>}
      {progress.steps !== undefined && <RampSteps steps={progress.steps} />}
      {figures.total > 0 && (
        <>
          <Bar figures={figures} />
          <ul className="flex flex-wrap gap-x-6 gap-y-1 tabular-nums">
            {figures.segments.map(({ state: item, count }) => (
              <li key={item} className="flex items-center gap-2">
                <ItemMark state={item} />
                <span className="font-medium">{formatCount(count)}</span>
              </li>
            ))}
            {figures.notEligible > 0 && (
              <li className="flex items-center gap-2">
                <ItemMark state="not-eligible" />
                <span className="font-medium">{formatCount(figures.notEligible)}</span>
              </li>
            )}
          </ul>
        </>
      )}
      <dl className="flex flex-wrap gap-x-8 gap-y-1 tabular-nums">
        {figures.total > 0 && <Figure term="Acted on">{`${formatCount(figures.acted)} of ${countOf(figures.total, 'item')}`}</Figure>}
        {progress.moved !== undefined && <Figure term="Moved">{countOf(progress.moved, 'message')}</Figure>}
        {moving && <Figure term="Rate">{progress.perSecond === undefined ? NOT_KNOWN : `${formatRate(Number(progress.perSecond))} per second`}</Figure>}
        {moving && figures.total > 0 && <Figure term="Acted on all in">{figures.etaMs === null ? NOT_KNOWN : `about ${formatAge(figures.etaMs)}`}</Figure>}
        {moving && progress.left !== undefined && <ReleaseEnd progress={progress} />}
        {moving && startedAt !== null && (
          <Figure term="Running for">
            <Elapsed since={startedAt} />
          </Figure>
        )}
      </dl>
      {moving && <NeverEnds operation={operation} />}
      {(progress.errors ?? []).map((error) => (
        <Notice key={error} severity="error" text={error} />
      ))}
    </div>
  );
}

const FILLS: Record<string, string> = {
  healthy: 'bg-healthy', held: 'bg-held', failing: 'bg-failing', degraded: 'bg-degraded', unknown: 'queue-wait', silent: 'bg-raised',
};

function Bar({ figures }: { figures: ProgressFigures }) {
  const words = figures.segments.map(({ state, count }) => `${formatCount(count)} ${ITEM_STATE_WORDS[state].toLowerCase()}`).join(', ');
  return (
    <div
      role="img"
      aria-label={`${formatPercent(figures.total === 0 ? null : figures.acted / figures.total)} acted on: ${words}`}
      className="flex h-3 gap-px overflow-hidden rounded-xs border border-line-strong"
    >
      {figures.segments.map(({ state, share }) => (
        <div key={state} className={`h-full min-w-0.5 ${FILLS[ITEM_SHAPES[state]] ?? ''}`} style={{ width: `${share * 100}%` }} />
      ))}
    </div>
  );
}
