import type { Status } from '@/server/domain/health/flow-view';
import { HOLD_STATE_WORDS, isOver, isUnbalanced } from '@/server/domain/operations/hold-states';
import type { HoldView } from '@/server/services/operations/operation-view';

export interface HoldStanding {
  word: string;
  shape: Status;
  /** Something is wrong with it that somebody must look at. */
  alarming: boolean;
}

/** How a hold stands, in the order of what one must know first: nobody can measure it, it leaks, then its own state. */
export function holdStanding({ state, unverifiedSince, expiry = null, kind = 'pause', figures = {} }: Pick<HoldView, 'state' | 'unverifiedSince'> & Partial<Pick<HoldView, 'expiry' | 'kind' | 'figures'>>): HoldStanding {
  if (!isOver(state) && unverifiedSince !== null) return { word: 'UNVERIFIED', shape: 'unknown', alarming: true };
  const word = HOLD_STATE_WORDS[state];
  switch (state) {
    case 'leaking':
      return { word: isUnbalanced({ kind, figures }) ? 'UNBALANCED' : word, shape: 'failing', alarming: true };
    case 'held':
    case 'active':
      return { word, shape: 'held', alarming: false };
    case 'expiring':
      // Nobody but a person ends it now.
      if (expiry !== null) return { word: 'EXPIRED', shape: 'failing', alarming: true };
      return { word, shape: 'degraded', alarming: true };
    case 'released':
    case 'restored':
      return { word, shape: 'healthy', alarming: false };
    case 'requested':
    case 'draining':
    case 'releasing':
      return { word, shape: 'silent', alarming: false };
  }
}

/** The most urgent hold of a flow first: what is wrong, then whose harm comes first. */
export function byUrgency(a: HoldView, b: HoldView): number {
  const alarm = Number(holdStanding(b).alarming) - Number(holdStanding(a).alarming);
  return alarm !== 0 ? alarm : harmOf(a) - harmOf(b);
}

/** Holds that are not over by the flow that they are of, the most urgent of each first. */
export function holdsByFlow(holds: readonly HoldView[]): Map<string, HoldView[]> {
  const groups = new Map<string, HoldView[]>();
  for (const hold of holds.filter(({ state }) => !isOver(state)).toSorted(byUrgency)) groups.set(hold.flowId, [...(groups.get(hold.flowId) ?? []), hold]);
  return groups;
}

/** Epoch milliseconds of the earliest harm; never for what has none. */
function harmOf({ budget }: HoldView): number {
  return budget.earliest?.at == null ? Number.POSITIVE_INFINITY : Date.parse(budget.earliest.at);
}
