import type { TapReading } from '../backlog/tap-reading';
import type { FlowSlo } from '../flow-slo';
import type { HopFacts } from '../flow-facts';
import type { Phase, Status } from '../flow-view';

export type Unhealthy = Extract<Status, 'failing' | 'degraded' | 'silent'>;

/** A rule that fired for a hop. `text` begins with a lower-case word or a number: the hop's name may stand before it. */
export interface Finding {
  rule: string;
  status: Unhealthy;
  phase: Extract<Phase, 'active' | 'recovering'>;
  text: string;
}

export interface RuleInput {
  hop: HopFacts;
  slo: FlowSlo;
  now: number;
  /** Facts are complete up to here; at most `now`. */
  knownUntil: number;
  observingSince: number | null;
  usualGapMs: number | null;
  /** What a tap of the hop's channel says; null where nothing taps it. */
  tap: TapReading | null;
  /** When the source's counters last saw a message leave; traces may have missed it. */
  lastLeftByTap: number | null;
}
