import { total } from '../../latency/histogram';
import type { InFlightFacts } from '../flow-facts';
import { counted, durationInWords } from '../words';

const HALF_MINUTE_MS = 30_000;
const FEWEST_DRAINED = 3;
/** Leaving must clearly outrun entering: chance alone makes two equal rates differ. */
const DRAINING_RATIO = 1.5;
const NEARLY_DONE_MS = 5_000;

/** In words, when messages that waited are or were just worked off faster than new ones enter; null when they are not. */
export function recoveryOfWaiting({ lastHalfMinute: { enters, leaves }, waitingAge }: InFlightFacts): string | null {
  const waiting = total(waitingAge);
  const drained = leaves - enters;
  if (drained < FEWEST_DRAINED || leaves < enters * DRAINING_RATIO) return null;
  const measured = `(${leaves} left, ${enters} entered in 30 s)`;
  if (waiting === 0) return `the waiting messages are worked off ${measured}`;
  const etaMs = (waiting / drained) * HALF_MINUTE_MS;
  return `working off ${counted(waiting, 'waiting message')}, ${etaMs < NEARLY_DONE_MS ? 'nearly done' : `done in about ${durationInWords(etaMs)}`} ${measured}`;
}
