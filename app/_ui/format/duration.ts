import { NOT_KNOWN } from './number';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in milliseconds: `830 ms`, `1.24 s`, `4 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return NOT_KNOWN;
  if (ms < 0) return `-${formatDuration(-ms)}`;
  const rounded = Math.round(ms);
  if (rounded < 1000) return `${rounded} ms`;
  if (Math.round(ms / 10) * 10 < MINUTE) return `${significant(ms / 1000)} s`;
  return twoUnits(ms);
}

/** How long something has waited, in whole seconds or coarser: `12 s`, `38 m`, `2 h 10 m`. */
export function formatAge(ms: number | null): string {
  if (ms === null) return NOT_KNOWN;
  const positive = Math.max(0, ms);
  if (positive < MINUTE) return `${Math.floor(positive / 1000)} s`;
  if (positive < HOUR) return `${Math.floor(positive / MINUTE)} m`;
  return twoUnits(positive);
}

/** Nanoseconds as a decimal string or a safe integer: `820 ns`, `12.4 µs`, `3.21 ms`, then as milliseconds. */
export function formatNanoseconds(nanoseconds: string | number): string {
  const ns = BigInt(nanoseconds);
  if (ns < 0n) return `-${formatNanoseconds((-ns).toString())}`;
  if (ns < 1_000n) return `${ns} ns`;
  if (ns < 999_500n) return `${significant(Number(ns) / 1e3)} µs`;
  if (ns < 999_500_000n) return `${significant(Number(ns) / 1e6)} ms`;
  // From here on whole microseconds are far below what is shown, and fit a number for 285 years.
  return formatDuration(Number(ns / 1_000n) / 1e3);
}

function twoUnits(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (ms < HOUR) return joined(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  const minutes = Math.floor(ms / MINUTE);
  if (ms < DAY) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'm');
  const hours = Math.floor(ms / HOUR);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;
}

/** Three significant digits without trailing zeros. */
function significant(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
