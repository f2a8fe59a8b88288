import type { DimensionFailures, HopFacts } from './flow-facts';
import type { FlowScope } from './flow-view';
import { fiveMinutes, sumOf } from './minutes';
import { shareInWords } from './words';

type PlaceFailures = DimensionFailures & { dimension: Exclude<DimensionFailures['dimension'], 'reason'> };

const CONCENTRATED = 0.7;
const FEWEST_FAILURES = 5;
/** A value that carries nearly all traffic also has nearly all failures; that says nothing. */
const ABOVE_ITS_TRAFFIC = 0.15;
/** Standard deviations by which the failures of a value exceed its share of the traffic, so that chance names nobody. */
const SIGNIFICANT = 3;

/**
 * Where the failures of a hop are concentrated: one facility, payer or supplier, or nowhere in particular. Null when
 * there are too few failures to say, or no place is known of any.
 */
export function failureScope(hop: HopFacts, now: number): FlowScope | null {
  const minutes = fiveMinutes(hop.minutes, now);
  const failed = sumOf(minutes, 'failedAttempts');
  const attempts = failed + sumOf(minutes, 'leaves');
  // What the failures say is part of the status' own reason.
  const places = hop.failures.filter((entry): entry is PlaceFailures => entry.dimension !== 'reason');
  if (failed < FEWEST_FAILURES || places.length === 0) return null;
  const [best] = places
    .map((entry) => ({ entry, share: Math.min(1, entry.failedAttempts / failed), traffic: (entry.failedAttempts + entry.leaves) / attempts }))
    .filter(({ share, traffic }) => share >= CONCENTRATED && isBeyondChance(share, traffic, failed))
    .sort((a, b) => b.share - a.share || a.traffic - b.traffic || a.entry.value.localeCompare(b.entry.value));
  if (!best) return { text: `no ${listed(new Set(places.map(({ dimension }) => dimension)))} stands out`, dimension: null, value: null, share: null };
  return { text: inWords(best.entry, best.share, failed), dimension: best.entry.dimension, value: best.entry.value, share: best.share };
}

function listed(dimensions: ReadonlySet<PlaceFailures['dimension']>): string {
  const names = [...dimensions].toSorted();
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function isBeyondChance(share: number, traffic: number, failed: number): boolean {
  const expected = Math.min(1, traffic);
  const deviation = Math.sqrt((expected * (1 - expected)) / failed);
  return share - expected >= Math.max(ABOVE_ITS_TRAFFIC, SIGNIFICANT * deviation);
}

function inWords({ dimension, name, failedAttempts }: PlaceFailures, share: number, failed: number): string {
  const numbers = `(${Math.min(failedAttempts, failed)} of ${failed})`;
  const failures = share === 1 ? 'all failures' : `${shareInWords(share)} of failures`;
  switch (dimension) {
    case 'facility': return `${failures} at facility ${name} ${numbers}`;
    case 'payer': return share === 1 ? `only payer ${name} ${numbers}` : `${failures} for payer ${name} ${numbers}`;
    case 'supplier': return share === 1 ? `only supplier ${name} ${numbers}` : `${failures} for supplier ${name} ${numbers}`;
  }
}
