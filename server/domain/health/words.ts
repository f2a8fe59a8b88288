/** Numbers as they are read at three in the morning: short, with their unit, never more digits than they deserve. */

/** @param ms milliseconds; negative counts as 0 */
export function durationInWords(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest < 950) return `${Math.round(rest)} ms`;
  const seconds = rest / 1000;
  if (seconds < 9.95) return `${trimmed(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'm', whole % 60, 's');
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'm');
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** @param share 0..1 */
export function shareInWords(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return 'under 0.1 %';
  if (percent > 99.5 && percent < 100) return 'over 99 %';
  return percent < 9.95 ? `${trimmed(percent)} %` : `${Math.round(percent)} %`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** `1 message waits`, `1,204 messages wait`; a count of 64 bits keeps its digits. */
export function countedWaiting(count: number | bigint): string {
  return Number(count) === 1 ? '1 message waits' : `${count.toLocaleString('en-US')} messages wait`;
}

/** When a backlog will be empty: the range as times of day, or as durations where a time of day would not say which day. */
export function drainInWords({ fromMs, toMs }: { fromMs: number; toMs: number }, now: number): string {
  const [from, to] = [clock(now + fromMs), clock(now + toMs)];
  if (toMs >= LONGEST_CLOCK_MS) return `drains in ${durationInWords(fromMs)} to ${durationInWords(toMs)}`;
  return from === to ? `drains by ${to} UTC` : `drains by ${from} to ${to} UTC`;
}

/** Time of day in UTC, for a reason that must make sense wherever it is read. */
export function timeOfDay(instant: number): string {
  return `${new Date(instant).toISOString().slice(11, 19)} UTC`;
}

/** Beyond this a time of day does not say which day. */
const LONGEST_CLOCK_MS = 12 * 3_600_000;

function clock(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
