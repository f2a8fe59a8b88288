import { difference } from './backlog/counters';
import type { Look } from './backlog/tap-facts';
import { readTap, type TapReading } from './backlog/tap-reading';
import { withTracedAge } from './backlog/traced-age';
import type { HopFacts, MinuteFacts } from './flow-facts';
import type { FlowFigures } from './flow-figures';
import { MINUTE_MS } from './minutes';

/** A hop with what its tap says now. */
export interface ObservedHop {
  hop: HopFacts;
  tap: TapReading | null;
  /** When the source's counters last saw a message leave. */
  lastLeftByTap: number | null;
  /** No span of the hop was received in an hour, if ever, so that `hop` is told by the counters of its source. */
  isToldByTap: boolean;
  /** When a span last said that a message left. */
  lastLeaveBySpan: number | null;
  /** The newest successful look at the channel, also one from before the looks that are read now. */
  sampledAt: number | null;
}

/** Joins spans and tap of a hop. `remembered` is what the evaluation before stored of it. */
export function observe(hop: HopFacts, remembered: FlowFigures['hops'][number] | null, now: number): ObservedHop {
  if (!hop.tap) return { hop, tap: null, lastLeftByTap: null, isToldByTap: false, lastLeaveBySpan: hop.lastLeaveAt, sampledAt: null };
  const rememberedSample = remembered?.backlog?.sampledAt ?? null;
  const sampledAt = hop.tap.channel.newest?.at ?? (rememberedSample === null ? null : Date.parse(rememberedSample));
  const reading = readTap(hop.tap, sampledAt, now);
  const tap = { ...reading, current: reading.current && withTracedAge(reading.current, hop.inFlight, now) };
  const { looks } = hop.tap.channel;
  const lastLeftByTap = lastLeft(looks);
  const known = { tap, lastLeftByTap, lastLeaveBySpan: hop.lastLeaveAt, sampledAt };
  if (hop.minutes.length > 0 || (hop.lastLeaveAt !== null && !tap.current)) return { ...known, hop, isToldByTap: false };
  const rememberedLeave = remembered?.lastLeaveAt == null ? null : Date.parse(remembered.lastLeaveAt);
  const lastLeaveAt = Math.max(lastLeftByTap ?? rememberedLeave ?? 0, hop.lastLeaveAt ?? 0) || null;
  return { ...known, hop: { ...hop, minutes: tap.current ? minutesOf(looks) : [], lastLeaveAt, inFlight: null }, isToldByTap: true };
}

function lastLeft(looks: readonly Look[]): number | null {
  return looks.findLast((look, i) => {
    const before = looks[i - 1];
    return before !== undefined && (difference(before, look, 'left') ?? 0n) > 0n;
  })?.at ?? null;
}

/** What the counters moved, by the minute of the look that saw it; a minute that is not known is absent. */
function minutesOf(looks: readonly Look[]): MinuteFacts[] {
  const minutes = new Map<number, MinuteFacts>();
  for (const [i, look] of looks.entries()) {
    const before = looks[i - 1];
    if (!before) continue;
    const entered = difference(before, look, 'entered');
    const left = difference(before, look, 'left');
    if (entered === null && left === null) continue;
    const start = Math.floor(look.at / MINUTE_MS) * MINUTE_MS;
    const minute = minutes.get(start) ?? { start, enters: 0, leaves: 0, failedAttempts: 0, latency: null };
    minute.enters += Number(entered ?? 0n);
    minute.leaves += Number(left ?? 0n);
    minutes.set(start, minute);
  }
  return [...minutes.values()];
}

/** Since when the counters of this epoch have been watched; before that nobody can call it silence. */
export function watchedSince({ tap }: ObservedHop): number | null {
  const looks = tap?.facts.channel.looks ?? [];
  const epoch = looks.at(-1)?.epoch;
  return looks.find((look) => look.epoch === epoch)?.at ?? null;
}
