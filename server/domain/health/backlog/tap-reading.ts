import type { DrainForecast, HopBacklog } from '../flow-view';
import { MINUTE_MS } from '../minutes';
import { durationInWords, timeOfDay } from '../words';
import { increaseOf, movementOf, perMinute, type Increase, type Movement } from './counters';
import { forecastDrain, newestDirection } from './drain-forecast';
import type { ChannelFacts, HopTapFacts, NewestLook, SourceFacts } from './tap-facts';

/** Samples older than this many polls say nothing about now. */
const STALE_POLLS = 3;
/** Polls shorter than this count as this long: storing and judging a sample takes time too, and a status must not flicker. */
const SHORTEST_POLL_MS = 5_000;
const FIVE_MINUTES_MS = 5 * MINUTE_MS;
const FORECAST_WINDOWS_MS = [MINUTE_MS, FIVE_MINUTES_MS, 15 * MINUTE_MS];

/** What can be concluded now from the tap of a hop. */
export interface TapReading {
  facts: HopTapFacts;
  /** The newest look at the channel while it is current; null when nothing is known of now. */
  current: NewestLook | null;
  /** Why nothing is known of now, e.g. `no data since 11:59:20 UTC (42 s): connection refused`; null while it is. */
  problem: string | null;
  /** Alarms and blocked connections of the source, while its looks are current. */
  alarms: SourceFacts['newest'];
  /** What left by the source's own count, in five minutes; null where it does not count. */
  left: Increase | null;
  movement: Movement | null;
  drain: DrainForecast;
  /** The rates that the forecast follows; null where they tell no direction. */
  pace: Movement | null;
  deadLetters: { waiting: bigint | null; increase: Increase | null } | null;
}

/** @param lastSampledAt the newest successful look that was known before the looks that are read now; Unix milliseconds */
export function readTap(facts: HopTapFacts, lastSampledAt: number | null, now: number): TapReading {
  const { source, channel, deadLetters } = facts;
  const isCurrent = (look: { at: number } | null) => look !== null && now - look.at <= STALE_POLLS * Math.max(SHORTEST_POLL_MS, source.pollMs);
  const current = isCurrent(channel.newest) ? channel.newest : null;
  const movements = current ? FORECAST_WINDOWS_MS.map((windowMs) => movementOf(channel.looks, windowMs)) : [];
  return {
    facts,
    current,
    problem: current ? null : missing(facts, channel.newest?.at ?? lastSampledAt, now),
    alarms: isCurrent(source.newest) ? source.newest : null,
    left: current && increaseOf(channel.looks, 'left', FIVE_MINUTES_MS),
    movement: current && movementOf(channel.looks, FIVE_MINUTES_MS),
    drain: current ? forecastDrain(current.waiting, movements) : { kind: 'unknown', reason: 'there are no current figures' },
    pace: newestDirection(movements),
    deadLetters: deadLetters && isCurrent(deadLetters.channel.newest)
      ? { waiting: deadLetters.channel.newest?.waiting ?? null, increase: cameIn(deadLetters.channel) }
      : null,
  };
}

/** Dead letters are not published, so no counter of their queue sees them come; its content does. */
function cameIn({ looks }: ChannelFacts): Increase | null {
  const movement = movementOf(looks, FIVE_MINUTES_MS);
  return movement && { count: movement.entered, overMs: movement.overMs };
}

function missing({ source, channel }: HopTapFacts, lastSampledAt: number | null, now: number): string {
  const newestFailure = [channel.failing, source.failing].filter((look) => look !== null).toSorted((a, b) => b.at - a.at)[0];
  const cause = newestFailure ? newestFailure.error.replace(/\.$/, '') : `no collector has looked at ${source.name}; see its tap under Sources`;
  const since = lastSampledAt === null ? 'no data yet' : `no data since ${timeOfDay(lastSampledAt)} (${durationInWords(now - lastSampledAt)})`;
  return `${since}: ${cause}`;
}

/** What people see of the reading. Figures that are not current are gaps. */
export function backlogOf(reading: TapReading, lastSampledAt: number | null): HopBacklog {
  const { facts, current, problem, drain, deadLetters } = reading;
  const { looks } = facts.channel;
  const rate = (counter: 'entered' | 'left' | 'redelivered') => (current ? perMinute(increaseOf(looks, counter, FIVE_MINUTES_MS)) : null);
  const sampledAt = facts.channel.newest?.at ?? lastSampledAt;
  return {
    waiting: current?.waiting?.toString() ?? null,
    inFlight: current?.inFlight?.toString() ?? null,
    failed: current?.failed?.toString() ?? null,
    held: current?.held?.toString() ?? null,
    consumers: current?.consumers ?? null,
    oldestAgeMs: current?.oldestAgeMs ?? null,
    ageMethod: current?.ageMethod ?? 'unknown',
    ageNote: current?.ageNote ?? '',
    enteredPerMinute: rate('entered'),
    leftPerMinute: rate('left'),
    redeliveredPerMinute: rate('redelivered'),
    drain,
    deadLetters: facts.deadLetters && {
      channelId: facts.deadLetters.channel.channelId,
      waiting: deadLetters?.waiting?.toString() ?? null,
      enteredPerMinute: perMinute(deadLetters?.increase ?? null),
    },
    sampledAt: sampledAt === null ? null : new Date(sampledAt).toISOString(),
    problem,
  };
}
