import { durationMs } from '../contracts/iso-duration';
import type { FlowContract } from '../contracts/flow-schema';

/** What a contract promises, as the rules need it. Null: the contract does not say, and the rule is not applied. */
export interface FlowSlo {
  objective: number;
  /** False when the contract names no objective and the default below stands in for it. */
  objectiveFromContract: boolean;
  latencyP95Ms: number | null;
  backlogWarn: number | null;
  backlogPage: number | null;
  oldestWarnMs: number | null;
  oldestPageMs: number | null;
}

/** A flow that says nothing about errors must not be healthy while half of its messages fail. */
const DEFAULT_OBJECTIVE = 0.99;

export function sloOf(contract: FlowContract): FlowSlo {
  const slo = contract.spec.slo;
  const ms = (duration: string | undefined) => (duration === undefined ? null : durationMs(duration));
  return {
    objective: slo?.objective ?? DEFAULT_OBJECTIVE,
    objectiveFromContract: slo?.objective !== undefined,
    latencyP95Ms: ms(slo?.latency?.p95),
    backlogWarn: slo?.backlog?.warn ?? null,
    backlogPage: slo?.backlog?.page ?? null,
    oldestWarnMs: ms(slo?.backlog?.oldestWarn),
    oldestPageMs: ms(slo?.backlog?.oldestPage),
  };
}
