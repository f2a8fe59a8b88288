import type { Status } from '@/server/domain/health/flow-view';
import { STEP_STATE_WORDS, type StepState } from '@/server/domain/operations/step-states';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';

/** A channel that is held as it should be, one that is over well, one that went wrong, one that is still to come. */
const SHAPES: Record<StepState, Status> = {
  waiting: 'silent', running: 'silent', verifying: 'silent', held: 'held', failed: 'failing', undoing: 'degraded', undone: 'degraded', left: 'failing', released: 'healthy', 'not-begun': 'silent',
};

/** How one channel of an operation stands: shape and word together. */
export function StepMark({ state }: { state: StepState }) {
  return (
    <span className={`inline-flex items-center gap-2 font-medium whitespace-nowrap ${STATUS_TONE[SHAPES[state]]}`}>
      <StatusShape status={SHAPES[state]} />
      {STEP_STATE_WORDS[state]}
    </span>
  );
}
