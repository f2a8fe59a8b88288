/** The history of a dead letter, as brokers write it into `x-death` (compressed by queue and reason, newest first). */
import type { Death } from '@/server/domain/taps/facts';
import { amqpInstant, headerText } from './header-text';

const MOST_DEATHS = 50;

/** Reads what can be read: an application may have written anything into the header, or sent it on from elsewhere. */
export function readDeaths(header: unknown): Death[] {
  if (!Array.isArray(header)) return [];
  return header.slice(0, MOST_DEATHS).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const field = (name: string) => (Object.hasOwn(entry, name) ? (entry as Record<string, unknown>)[name] : undefined);
    const text = (name: string) => (headerText(field(name)) ?? '').slice(0, 256);
    const keys = field('routing-keys');
    return [{
      queue: text('queue'), reason: text('reason'), count: text('count'), exchange: text('exchange'),
      routingKeys: Array.isArray(keys) ? keys.slice(0, MOST_DEATHS).flatMap((key) => (typeof key === 'string' ? [key.slice(0, 256)] : [])) : [],
      time: deathTime(field('time')),
    }];
  });
}

function deathTime(value: unknown): string {
  const seconds = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  const ms = amqpInstant(seconds);
  return ms === null ? '' : new Date(ms).toISOString();
}

/**
 * When it first failed in that queue, so that the instant of an item stays the same however often it dies there; else its
 * first death at all. Unix milliseconds; null when no entry has a time.
 */
export function firstDeathIn(queue: string, deaths: readonly Death[]): number | null {
  const times = (entries: readonly Death[]) => entries.filter(({ time }) => time !== '').map(({ time }) => Date.parse(time));
  const there = times(deaths.filter((death) => death.queue === queue));
  const all = there.length > 0 ? there : times(deaths);
  return all.length === 0 ? null : Math.min(...all);
}

/** How often it failed in that queue; null when not told. */
export function attemptsIn(queue: string, deaths: readonly Death[]): number | null {
  const counts = deaths.filter((death) => death.queue === queue).map(({ count }) => (/^\d{1,9}$/.test(count) ? Number(count) : null));
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}
