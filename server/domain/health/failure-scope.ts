import type { DimensionFailures, HopFacts } from './flow-facts';
import type { FlowScope } from './flow-view';
import { fiveMinutes, sumOf } from './minutes';
import { shareInWords } from './words';

const CONCENTRATED = 0.7;
const FEWEST_FAILURES = 5;
/** A value that carries nearly all traffic also has nearly all failures; that says nothing. */
const ABOVE_ITS_TRAFFIC = 0.15;
/** Standard deviations by which the failures of a value exceed its share of the traffic, so that chance names nobody. */
const SIGNIFICANT = 3;

/** Where the failures of a hop are concentrated: one facility, payer or supplier, else one reason; null when they are spread out. */
export function failureScope(hop: HopFacts, now: number): FlowScope | null {
  const minutes = fiveMinutes(hop.minutes, now);
  const failed = sumOf(minutes, 'failedAttempts');
  const attempts = failed + sumOf(minutes, 'leaves');
  if (failed < FEWEST_FAILURES) return null;
  const candidates = hop.failures
    .map((entry) => ({ entry, share: Math.min(1, entry.failedAttempts / failed), traffic: (entry.failedAttempts + entry.leaves) / attempts }))
    .filter(({ entry, share, traffic }) => share >= CONCENTRATED && (entry.dimension === 'reason' || isBeyondChance(share, traffic, failed)))
    .sort((a, b) => Number(a.entry.dimension === 'reason') - Number(b.entry.dimension === 'reason') || b.share - a.share || a.traffic - b.traffic || a.entry.value.localeCompare(b.entry.value));
  const [best] = candidates;
  if (!best) return null;
  return { text: inWords(best.entry, best.share, failed), dimension: best.entry.dimension, value: best.entry.value, share: best.share };
}

function isBeyondChance(share: number, traffic: number, failed: number): boolean {
  const expected = Math.min(1, traffic);
  const deviation = Math.sqrt((expected * (1 - expected)) / failed);
  return share - expected >= Math.max(ABOVE_ITS_TRAFFIC, SIGNIFICANT * deviation);
}

function inWords({ dimension, name, failedAttempts }: DimensionFailures, share: number, failed: number): string {
  const numbers = `(${Math.min(failedAttempts, failed)} of ${failed})`;
  const failures = share === 1 ? 'all failures' : `${shareInWords(share)} of failures`;
  switch (dimension) {
    case 'facility': return `${failures} at facility ${name} ${numbers}`;
    case 'payer': return share === 1 ? `only payer ${name} ${numbers}` : `${failures} for payer ${name} ${numbers}`;
    case 'supplier': return share === 1 ? `only supplier ${name} ${numbers}` : `${failures} for supplier ${name} ${numbers}`;
    case 'reason': return `${failures} say ${name} ${numbers}`;
  }
}
