import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { Engine } from '../engine';
import type { LeverRun } from '../levers';

/** After so many questions in a row without any answer, nobody is asked any more: each costs its whole time limit. */
const SILENT_IN_A_ROW = 5;

export interface Preconditions {
  mayAct: LeverRun['mayAct'];
  /** Why the operation has to stop, as a sentence; null while answers come. */
  silence: () => string | null;
}

/**
 * Asks the contract's preconditions, one after the other, immediately before an item is sent. The first that does not hold, or
 * that cannot be answered, keeps the item back. Those without a probe were judged with the plan: two people vouch for them.
 */
export function preconditionsOf({ ask }: Pick<Engine, 'ask'>, flow: FlowContract, signal: AbortSignal): Preconditions {
  const { preconditions = [], insteadOfReplay } = flow.spec.replay ?? {};
  const instead = insteadOfReplay ?? `Ask ${flow.metadata.owner.technical ?? flow.metadata.owner.business ?? 'the owner of the flow'}.`;
  let unanswered = 0;
  let silence: string | null = null;
  return {
    silence: () => silence,
    mayAct: async (_, fields) => {
      for (const precondition of preconditions) {
        if (precondition.probe === undefined) continue;
        if (silence !== null) return { ok: false, reason: `Not asked: ${silence}`, instead: 'Replay it when the target answers again.' };
        const { holds, evidence, isSilent } = await ask(precondition, fields, signal);
        unanswered = isSilent ? unanswered + 1 : 0;
        if (unanswered >= SILENT_IN_A_ROW) silence ??= `${SILENT_IN_A_ROW} questions in a row had no answer, the last one: ${evidence}`;
        if (!holds) return { ok: false, reason: evidence, instead };
      }
      return { ok: true };
    },
  };
}
