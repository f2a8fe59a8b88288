import type { FlowDetail } from '@/server/domain/health/flow-view';
import type { AxisMark } from '../../../../_ui/chart/axis-marks';
import { STATUS_WORD } from '../../../../_ui/status/status-words';

/** Changes of a flow's status as marks on a time axis. */
export function statusMarks(changes: FlowDetail['statusChanges']): AxisMark[] {
  return changes.map(({ at, to }) => ({ at, word: STATUS_WORD[to] }));
}
