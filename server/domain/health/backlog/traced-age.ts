import { total } from '../../latency/histogram';
import type { InFlightFacts } from '../flow-facts';
import type { NewestLook } from './tap-facts';

/** Traces must tell of at least this share of what the source counts, and of no more than it. */
const TRACED_SHARE = 0.99;
/** Messages that come and go between the look and the newest spans. */
const IN_BETWEEN = 2;

/**
 * The age of the oldest waiting message by traces, for a channel that cannot tell it itself: publishes minus consumer
 * spans. Believed only while traces and source agree on how many wait; messages without spans, or whose leaving left no
 * span, make them differ.
 *
 * @param look the newest look at the channel
 * @param now Unix milliseconds
 */
export function withTracedAge(look: NewestLook, inFlight: InFlightFacts | null, now: number): NewestLook {
  if (look.ageMethod !== 'rank' && look.ageMethod !== 'unknown') return look;
  if (look.waiting === null || look.waiting === 0n || look.inFlight === null) return look;
  if (!inFlight || inFlight.matched === 0 || inFlight.oldestWaitingAt === null) return look;
  const counted = Number(look.waiting + look.inFlight);
  const traced = total(inFlight.waitingAge);
  if (traced < counted * TRACED_SHARE - IN_BETWEEN || traced > counted / TRACED_SHARE + IN_BETWEEN) return look;
  return { ...look, oldestAgeMs: Math.max(0, now - inFlight.oldestWaitingAt), ageMethod: 'traced', ageNote: '' };
}
