import type { OperationState } from '@/server/domain/operations/operation-states';
import type { OperationSummary } from '@/server/services/operations/operation-view';
import type { AxisMark } from '../../../_ui/chart/axis-marks';
import { KIND_WORDS } from '../_words/operation-words';

/** Nobody acted on the flow by these. */
const WITHOUT_EFFECT: readonly OperationState[] = ['draft', 'planned', 'awaiting-approval', 'failed', 'aborted'];

/** Operations that acted on a flow as marks on a time axis, each with the way to its page. */
export function operationMarks(operations: readonly OperationSummary[]): AxisMark[] {
  return operations
    .filter(({ state }) => !WITHOUT_EFFECT.includes(state))
    .map(({ id, kind, startAt, requestedAt }) => ({ at: startAt ?? requestedAt, word: KIND_WORDS[kind].name, href: `/operations/${id}` }));
}
