import type { OperationState } from '@/server/domain/operations/operation-states';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';
import { stateLook } from '../_words/operation-words';

/** The state of an operation: shape and word together. */
export function OperationMark({ state }: { state: OperationState }) {
  const { word, shape } = stateLook(state);
  return (
    <span className={`inline-flex items-center gap-2 font-medium ${STATUS_TONE[shape]}`}>
      <StatusShape status={shape} />
      {word}
    </span>
  );
}
