const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const TENS = [1, 2, 5];
/** Steps that people count time in. */
const DURATION_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500,
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 30, 100].map((days) => days * DAY),
];
const AXIS_STEPS = [...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE), ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR)];

/** Ticks of a scale that begins at 0 and reaches `max`, at most four steps: whole counts, 1, 2 or 5 times a power of ten apart. */
export function countTicks(max: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, max) / 4));
  const step = [...TENS.map((n) => n * power), 10 * power].find((candidate) => candidate >= 1 && candidate * 4 >= max) ?? 10 * power;
  return ticksTo(max, Math.max(1, step));
}

/** Ticks of a scale of milliseconds that begins at 0 and reaches `max`, at most four steps. */
export function durationTicks(max: number): number[] {
  if (max === 0) return [0, SECOND];
  return ticksTo(max, DURATION_STEPS.find((step) => step * 4 >= max) ?? DAY * Math.ceil(max / DAY / 4));
}

function ticksTo(max: number, step: number): number[] {
  const steps = Math.max(1, Math.ceil(max / step));
  return Array.from({ length: steps + 1 }, (_, i) => i * step);
}

/**
 * Ticks of a time axis at instants that a clock shows as round.
 *
 * @param most how many labels there is room for
 * @param offsetMs how far the viewer's clock is ahead of UTC
 */
export function timeTicks(first: number, last: number, most: number, offsetMs: number): number[] {
  const step = AXIS_STEPS.find((candidate) => (last - first) / candidate <= Math.max(1, most)) ?? DAY;
  const begin = Math.ceil((first + offsetMs) / step) * step - offsetMs;
  return Array.from({ length: Math.max(0, Math.floor((last - begin) / step) + 1) }, (_, i) => begin + i * step);
}
