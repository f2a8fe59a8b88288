/** When a release is over: what is left, against what goes and what comes in behind it. */

/** A count of an act that runs; milliseconds of any clock that only goes forward. */
export interface DrainSample {
  atMs: number;
  moved: number;
  /** What still waits; null where the act did not count it. */
  left: number | null;
}

export interface DrainRates {
  perSecond: number;
  /** Null while it is not known how much is left. */
  incomingPerSecond: number | null;
}

export type DrainOutlook = { ends: 'in'; ms: number } | { ends: 'never'; perSecond: number; incomingPerSecond: number };

/** Rates are those of so long; what was earlier says little about what comes. */
const WINDOW_MS = 30_000;
/** Of less than this no rate is told: a batch leaves at once and the next one a moment later. */
const LEAST_MS = 5_000;

/** The samples that rates are made of, with one more. */
export function withSample(samples: readonly DrainSample[], sample: DrainSample): DrainSample[] {
  return [...samples, sample].filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
}

/** @param samples in the order of time @returns null while there is too little to tell */
export function drainRates(samples: readonly DrainSample[]): DrainRates | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < LEAST_MS) return null;
  const perSecond = ((last.moved - first.moved) * 1_000) / (last.atMs - first.atMs);
  const counted = samples.filter((sample): sample is DrainSample & { left: number } => sample.left !== null);
  const [from, to] = [counted[0], counted.at(-1)];
  if (!from || !to || to.atMs - from.atMs < LEAST_MS) return { perSecond, incomingPerSecond: null };
  // What waits grew by what came and shrank by what went.
  const came = to.left - from.left + to.moved - from.moved;
  return { perSecond, incomingPerSecond: Math.max(0, (came * 1_000) / (to.atMs - from.atMs)) };
}

/** Null where it cannot be told. */
export function drainOutlook({ left, perSecond, incomingPerSecond }: { left: number | null; perSecond: number; incomingPerSecond: number | null }): DrainOutlook | null {
  if (left === null || left === 0 || incomingPerSecond === null || !(perSecond > 0)) return null;
  const net = perSecond - incomingPerSecond;
  return net <= 0 ? { ends: 'never', perSecond, incomingPerSecond } : { ends: 'in', ms: (left / net) * 1_000 };
}
