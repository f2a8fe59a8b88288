import { merge, quantileMs } from '../latency/histogram';
import { failureScope } from './failure-scope';
import type { FlowFacts, HopFacts } from './flow-facts';
import type { FlowFigures } from './flow-figures';
import { backlogOf } from './backlog/tap-reading';
import type { ObservedHop } from './observed-hop';
import { shareGivenUp } from './rules/dead-letters';
import { fiveMinutes, MINUTE_MS, sumOf, WINDOW_MINUTES } from './minutes';

/** The numbers shown beside a status, all from the same facts. `usualGaps[i]` belongs to `observed[i]`. */
export function figuresOf(facts: FlowFacts, observed: readonly ObservedHop[], usualGaps: readonly (number | null)[], worstHop: HopFacts | null, now: number): FlowFigures {
  const hops = observed.map((one, i) => hopFigures(one, usualGaps[i] ?? null, now));
  const last = hops.at(-1);
  const rates = hops.flatMap(({ errorRate }) => errorRate ?? []);
  const p95s = hops.flatMap(({ p95Ms }) => p95Ms ?? []);
  return {
    hops,
    scope: worstHop ? failureScope(worstHop, now) : null,
    messagesPerMinute: last?.leftPerMinute ?? null,
    errorRate: rates.length > 0 ? Math.max(...rates) : null,
    p95Ms: p95s.length > 0 ? Math.max(...p95s) : null,
    lastLeaveAt: last?.lastLeaveAt ?? null,
    completeThrough: instant(facts.completeThrough),
  };
}

function hopFigures({ hop, tap, sampledAt, isToldByTap }: ObservedHop, usualGapMs: number | null, now: number): FlowFigures['hops'][number] {
  const window = fiveMinutes(hop.minutes, now);
  const failed = sumOf(window, 'failedAttempts');
  const attempts = failed + sumOf(window, 'leaves');
  const latency = merge(window.flatMap((minute) => minute.latency ?? []));
  return {
    hopId: hop.hopId,
    enteredPerMinute: perMinute(hop, 'enters', now),
    leftPerMinute: perMinute(hop, 'leaves', now),
    errorRate: tap && isToldByTap ? shareGivenUp(tap) : attempts > 0 ? failed / attempts : null,
    p50Ms: quantileMs(latency, 0.5),
    p95Ms: quantileMs(latency, 0.95),
    lastLeaveAt: instant(hop.lastLeaveAt),
    usualGapMs,
    backlog: tap && backlogOf(tap, sampledAt),
  };
}

/** Over the last five complete minutes, or over fewer when the first fact is younger; null before one minute is complete. */
function perMinute(hop: HopFacts, what: 'enters' | 'leaves', now: number): number | null {
  const running = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const [first] = hop.minutes;
  if (!first || first.start >= running) return null;
  const complete = hop.minutes.filter(({ start }) => start < running && start >= running - WINDOW_MINUTES * MINUTE_MS);
  return sumOf(complete, what) / Math.min(WINDOW_MINUTES, (running - first.start) / MINUTE_MS);
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
