import { formatAge } from './duration';

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
const DATED: Intl.DateTimeFormatOptions = {
  ...CLOCK,
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  timeZoneName: 'short',
};

/** `12:04:31` in the viewer's zone, or in the named one. */
export function formatClock(instant: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...CLOCK, timeZone }).format(new Date(instant));
}

/** `12:04`, for axes and minutes. */
export function formatMinute(instant: string | number, timeZone?: string): string {
  return formatClock(instant, timeZone).slice(0, 5);
}

/** `14 Mar 2026, 12:04:31 CET`: the whole truth, for hovering and for detail pages. */
export function formatInstant(instant: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...DATED, timeZone }).format(new Date(instant));
}

/** `38 s ago`, `in 5 m`, `now`: relative to `now`, in epoch milliseconds. */
export function formatRelative(instant: string | number, now: number): string {
  const age = now - new Date(instant).getTime();
  if (Math.abs(age) < 1000) return 'now';
  return age > 0 ? `${formatAge(age)} ago` : `in ${formatAge(-age)}`;
}
