import type { OperationPlan } from '@/server/domain/operations/plan';
import type { OperationRequest } from '@/server/domain/operations/request';
import type { OperationRow } from '@/server/services/operations/operation-rows';
import type { LeverContext, LeverTarget } from '../levers';

/** What every plan says of what it is a plan of. */
export function frameOf(row: OperationRow, request: OperationRequest, { flow }: LeverTarget, context: LeverContext): Pick<OperationPlan, 'format' | 'request' | 'flowName' | 'contractVersion' | 'sourceId' | 'channelId' | 'method' | 'madeAt'> {
  return {
    format: 1, request, flowName: flow.metadata.name, contractVersion: flow.metadata.version, sourceId: row.sourceId, channelId: row.channelId, method: row.method,
    madeAt: new Date(context.now()).toISOString(),
  };
}
