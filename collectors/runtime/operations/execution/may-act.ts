import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { Engine } from '../engine';
import type { LeverRun } from '../levers';

/**
 * Asks the contract's preconditions, one after the other, immediately before an item is sent. The first that does not hold, or
 * that cannot be answered, keeps the item back. Those without a probe were judged with the plan: two people vouch for them.
 */
export function mayActBy({ ask }: Engine, flow: FlowContract, signal: AbortSignal): LeverRun['mayAct'] {
  const { preconditions = [], insteadOfReplay } = flow.spec.replay ?? {};
  const instead = insteadOfReplay ?? `Ask ${flow.metadata.owner.technical ?? flow.metadata.owner.business ?? 'the owner of the flow'}.`;
  return async (_, fields) => {
    for (const precondition of preconditions) {
      if (precondition.probe === undefined) continue;
      const { holds, evidence } = await ask(precondition, fields, signal);
      if (!holds) return { ok: false, reason: evidence, instead };
    }
    return { ok: true };
  };
}
