/** Until when a hold does no harm: the earliest of what the source and the contract set. */
import type { FlowContract } from '../contracts/flow-schema';
import type { HoldLimit } from './plan';

export interface HoldBudget {
  earliest: HoldLimit | null;
  /** Earliest first; those without an instant last. */
  limits: HoldLimit[];
}

/** @param ofSource what the connector found: times to live, length limits, alarms */
export function holdBudgetOf(flow: FlowContract, ofSource: readonly HoldLimit[], told: { reviewBy: string }): HoldBudget {
  const limits: HoldLimit[] = [
    ...ofSource,
    { what: 'review', at: told.reviewBy, sentence: 'Somebody has to decide anew.' },
    ...(flow.spec.slo?.deadline === undefined ? [] : [{ what: 'deadline of the contract', at: null, sentence: `Messages have to arrive within ${flow.spec.slo.deadline} of when they were sent; what is held longer is late.` }]),
  ];
  const sorted = limits.toSorted((a, b) => order(a) - order(b));
  return { earliest: sorted.find(({ at }) => at !== null) ?? null, limits: sorted };
}

function order({ at }: HoldLimit): number {
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
}
