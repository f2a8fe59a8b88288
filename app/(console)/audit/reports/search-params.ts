import { parseAsString } from 'nuqs';

const DAY_MS = 86_400_000;

/** The instant and the period of the reports, as they stand in the address. Instants are absolute. */
export const reportParams = {
  at: parseAsString,
  from: parseAsString,
  until: parseAsString,
};

/** What is asked for where the address says nothing, or nothing that is an instant: now, and the thirty days before it. */
export function reportTimes({ at, from, until }: { at: string | null; from: string | null; until: string | null }, nowMs: number) {
  const end = instant(until) ?? new Date(nowMs).toISOString();
  return { at: instant(at) ?? new Date(nowMs).toISOString(), until: end, from: instant(from) ?? new Date(Date.parse(end) - 30 * DAY_MS).toISOString() };
}

function instant(text: string | null): string | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
