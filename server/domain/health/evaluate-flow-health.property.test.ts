import fc from 'fast-check';
import { AGE_METHODS } from '../taps/facts';
import { describe, expect, it } from 'vitest';
import type { ChannelFacts, HopTapFacts } from './backlog/tap-facts';
import { evaluateFlowHealth, type PreviousEvaluation } from './evaluate-flow-health';
import type { FlowFacts, HopFacts } from './flow-facts';
import { NO_FIGURES } from './flow-figures';
import { NOW, RUNNING, SLO } from './flow-facts.builder';
import { STATUSES } from './flow-view';
import { MINUTE_MS } from './minutes';

const count = fc.nat(500);
const instant = fc.integer({ min: NOW - 5 * 3_600_000, max: NOW + 3_600_000 });
const histogram = fc.array(fc.tuple(fc.nat(511), fc.integer({ min: 1, max: 50 })), { maxLength: 5 }).map((entries) => new Map(entries));
const window = fc.record({ enters: count, leaves: count, failedAttempts: count, latency: histogram });

const minutes = fc
  .uniqueArray(fc.record({
    // A clock that jumps leaves gaps and minutes of the future behind.
    start: fc.integer({ min: -65, max: 3 }).map((ago) => RUNNING + ago * MINUTE_MS),
    enters: count, leaves: count, failedAttempts: count, latency: fc.option(histogram),
  }), { selector: ({ start }) => start, maxLength: 66 })
  .map((list) => list.toSorted((a, b) => a.start - b.start));

const total = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
/** A look of about now, an old one, or one of a clock that jumped ahead. */
const lookAt = fc.oneof(fc.integer({ min: NOW - 14_000, max: NOW }), instant);
const look = fc.record({
  at: lookAt, epoch: fc.constantFrom('a', 'b', ''), waiting: total, failed: total, consumers: fc.option(fc.nat(3)), entered: total, left: total, redelivered: total,
  state: fc.constantFrom('running', 'down', ''), inFlight: total, held: total, oldestAgeMs: fc.option(fc.nat()), ageMethod: fc.constantFrom(...AGE_METHODS), ageNote: fc.constant(''),
});
const failing = fc.option(fc.record({ at: lookAt, error: fc.constantFrom('connection refused', '') }));
const tappedChannel = fc.record({ looks: fc.array(look, { maxLength: 12 }), failing }).map(({ looks, failing: failed }): ChannelFacts => {
  const ascending = looks.toSorted((a, b) => a.at - b.at);
  return { channelId: 'c', looks: ascending, newest: ascending.at(-1) ?? null, failing: failed };
});
const anyTap: fc.Arbitrary<HopTapFacts> = fc.record({
  source: fc.record({
    id: fc.constant('s'), name: fc.constant('Source'), pollMs: fc.constantFrom(5_000, 60_000), failing,
    newest: fc.option(fc.record({ at: lookAt, alarms: fc.array(fc.constantFrom('memory', 'disk:rabbit@a'), { maxLength: 2 }), blockedConnections: fc.option(fc.nat(2)) })),
  }),
  channel: tappedChannel,
  deadLetters: fc.option(fc.record({ channel: tappedChannel, hops: fc.integer({ min: 1, max: 3 }), knownFailures: fc.nat(50) })),
  failures: fc.array(fc.record({ reason: fc.constantFrom('X', ''), count }), { maxLength: 3 }),
});

const hop: fc.Arbitrary<HopFacts> = fc.record({
  hopId: fc.constantFrom('a', 'b', 'c'),
  name: fc.constant('Hop'),
  minutes,
  lastLeaveAt: fc.option(instant),
  inFlight: fc.option(fc.record({
    lastMinute: window, lastHalfMinute: window, lastFailureAt: fc.option(instant), waitingAge: histogram, oldestWaitingAt: fc.option(instant), matched: count,
  })),
  failures: fc.array(fc.record({
    dimension: fc.constantFrom('facility' as const, 'payer' as const, 'supplier' as const, 'reason' as const),
    value: fc.constantFrom('x', 'y'), name: fc.constant('X'), failedAttempts: count, leaves: count,
  }), { maxLength: 4 }),
  tap: fc.option(anyTap),
});

const anyFacts: fc.Arbitrary<FlowFacts> = fc.record({
  hops: fc.array(hop, { maxLength: 3 }), completeThrough: fc.option(instant), observingSince: fc.option(instant), pollMs: fc.constant(5_000),
});

const anyPrevious: fc.Arbitrary<PreviousEvaluation | null> = fc.option(fc.record({
  status: fc.constantFrom(...STATUSES), rule: fc.constant('error-rate'), since: instant, lastUnhealthyAt: fc.option(instant), figures: fc.constant(NO_FIGURES),
}));

describe('health of a flow, for any facts', () => {
  it('always gives a status with a reason that can be read', () => {
    fc.assert(fc.property(anyFacts, anyPrevious, (facts, previous) => {
      const found = evaluateFlowHealth(facts, SLO, previous, NOW);
      expect(STATUSES).toContain(found.status);
      expect(found.reason).not.toMatch(/NaN|Infinity|undefined|null|[ (]-\d/);
      expect(found.reason.startsWith('recovering: ')).toBe(found.phase === 'recovering');
      expect(found.since).toBeLessThanOrEqual(NOW);
      if (found.status === 'healthy' || found.status === 'unknown') expect(found.phase).toBe('settled');
      else expect(found.phase).not.toBe('settled');
    }), { numRuns: 500 });
  });

  it('never calls a flow healthy on facts older than three polls', () => {
    fc.assert(fc.property(anyFacts, anyPrevious, fc.integer({ min: 15_001, max: 3_600_000 }), (facts, previous, ageMs) => {
      const untapped = facts.hops.map((given) => ({ ...given, tap: null }));
      expect(evaluateFlowHealth({ ...facts, hops: untapped, completeThrough: NOW - ageMs }, SLO, previous, NOW).status).toBe('unknown');
    }));
  });

  it('never calls a flow healthy that only a tap could tell of, on samples older than three polls', () => {
    fc.assert(fc.property(anyFacts, anyTap, anyPrevious, fc.integer({ min: 1, max: 3_600_000 }), (facts, given, previous, ageMs) => {
      const since = NOW - 3 * given.source.pollMs - ageMs;
      const blind = { ...given, source: { ...given.source, newest: null }, channel: { ...given.channel, looks: [], newest: given.channel.newest && { ...given.channel.newest, at: since } }, deadLetters: null, failures: [] };
      const only = facts.hops.map((one) => ({ ...one, minutes: [], lastLeaveAt: null, tap: blind }));
      expect(evaluateFlowHealth({ ...facts, hops: only }, SLO, previous, NOW).status).toBe('unknown');
    }));
  });

  it('is failing while an alarm is in force, whatever else is known', () => {
    fc.assert(fc.property(anyFacts, anyTap, anyPrevious, (facts, given, previous) => {
      fc.pre(facts.hops.length > 0);
      const alarmed = { ...given, source: { ...given.source, newest: { at: NOW - 1_000, alarms: ['memory'], blockedConnections: null } } };
      const found = evaluateFlowHealth({ ...facts, hops: facts.hops.map((one, i) => (i === 0 ? { ...one, tap: alarmed } : one)) }, SLO, previous, NOW);
      expect([found.status, found.phase]).toEqual(['failing', 'active']);
    }));
  });

  it('never gets better by more errors', () => {
    fc.assert(fc.property(anyFacts, fc.nat(2), fc.nat(4), fc.integer({ min: 1, max: 1_000 }), (given, hopIndex, ago, more) => {
      // Errors come from spans: a hop that only a tap told of becomes another kind of hop by its first span.
      const facts = { ...given, hops: given.hops.map((one) => ({ ...one, tap: one.lastLeaveAt === null ? null : one.tap })) };
      const worse = withMoreErrors(facts, hopIndex, RUNNING - ago * MINUTE_MS, more);
      const severity = (told: FlowFacts) => STATUSES.indexOf(evaluateFlowHealth(told, SLO, null, NOW).status);
      expect(severity(worse)).toBeLessThanOrEqual(severity(facts));
    }), { numRuns: 500 });
  });

  it('says the same twice', () => {
    fc.assert(fc.property(anyFacts, anyPrevious, (facts, previous) => {
      expect(evaluateFlowHealth(facts, SLO, previous, NOW)).toEqual(evaluateFlowHealth(facts, SLO, previous, NOW));
    }));
  });
});

function withMoreErrors(facts: FlowFacts, hopIndex: number, start: number, more: number): FlowFacts {
  const empty = { start, enters: 0, leaves: 0, failedAttempts: 0, latency: null };
  return {
    ...facts,
    hops: facts.hops.map((given, i) => {
      if (i !== hopIndex) return given;
      const told = given.minutes.some((minute) => minute.start === start) ? given.minutes : [...given.minutes, empty];
      return { ...given, minutes: told.map((minute) => (minute.start === start ? { ...minute, failedAttempts: minute.failedAttempts + more } : minute)).toSorted((a, b) => a.start - b.start) };
    }),
  };
}
