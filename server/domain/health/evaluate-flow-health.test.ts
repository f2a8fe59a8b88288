import { describe, expect, it } from 'vitest';
import { evaluateFlowHealth, type PreviousEvaluation } from './evaluate-flow-health';
import type { FlowFacts } from './flow-facts';
import { NO_FIGURES } from './flow-figures';
import { anHour, facts, hop, inFlight, latencies, minute, NOW, SLO } from './flow-facts.builder';
import type { Phase, Status } from './flow-view';

const evaluate = (given: FlowFacts, previous: PreviousEvaluation | null = null, slo = SLO) => evaluateFlowHealth(given, slo, previous, NOW);
const before = (status: Status, told: Partial<PreviousEvaluation> = {}): PreviousEvaluation => ({
  status, rule: 'error-rate', since: NOW - 600_000, lastUnhealthyAt: NOW - 5_000, figures: NO_FIGURES, ...told,
});
const failuresAt = (value: string, failedAttempts: number, leaves = 0) => ({ dimension: 'facility' as const, value, name: 'Mercy North', failedAttempts, leaves });

interface Case { name: string; given: FlowFacts; previous?: PreviousEvaluation; slo?: typeof SLO; status: Status; phase: Phase; rule: string; reason: string }

const CASES: Case[] = [
  {
    name: 'steady traffic', given: facts(),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'a third of attempts fails, one reason stands out',
    given: facts(hop({
      minutes: anHour({ 1: { leaves: 20, failedAttempts: 20 }, 0: { leaves: 5, failedAttempts: 21 } }),
      inFlight: inFlight({ lastFailureAt: NOW - 3_000 }),
      failures: [{ dimension: 'reason', value: 'ERP_503', name: 'ERP_503', failedAttempts: 30, leaves: 0 }],
    })),
    status: 'failing', phase: 'active', rule: 'error-rate', reason: '26 % of attempts failed in 5 min (41 of 156), mostly ERP_503; the contract allows 0.5 %',
  },
  {
    name: 'four errors are too few to be failing, however bad the share',
    given: facts(hop({ minutes: anHour({ 4: null, 3: null, 2: null, 1: { leaves: 0 }, 0: { leaves: 4, failedAttempts: 4 } }), inFlight: inFlight({ lastFailureAt: NOW - 3_000 }) })),
    status: 'degraded', phase: 'active', rule: 'error-rate', reason: '50 % of attempts failed in 5 min (4 of 8); the contract allows 0.5 %',
  },
  {
    name: 'errors at twice the budget are not yet above it',
    given: facts(hop({ minutes: anHour({ 4: { leaves: 99, failedAttempts: 1 }, 3: { leaves: 0 }, 2: { leaves: 0 }, 1: { leaves: 0 }, 0: { leaves: 0 } }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '99 messages left in 5 min, 1 failed',
  },
  {
    name: 'a contract without an objective is judged by the default, and says so',
    given: facts(hop({ minutes: anHour({ 0: { leaves: 15, failedAttempts: 60 } }), inFlight: inFlight({ lastFailureAt: NOW - 1_000 }) })),
    slo: { ...SLO, objective: 0.99, objectiveFromContract: false },
    status: 'failing', phase: 'active', rule: 'error-rate', reason: '31 % of attempts failed in 5 min (60 of 195); no objective in the contract, assumed 1 %',
  },
  {
    name: 'errors stopped 45 s ago: recovering although the window still holds them',
    given: facts(hop({ minutes: anHour({ 2: { leaves: 10, failedAttempts: 20 }, 1: { leaves: 20, failedAttempts: 9 } }), inFlight: inFlight({ lastFailureAt: NOW - 45_000 }) })),
    previous: before('failing'),
    status: 'failing', phase: 'recovering', rule: 'error-rate', reason: 'recovering: no failed attempt for 45 s; 22 % of attempts failed in 5 min (29 of 134)',
  },
  {
    name: 'nothing failed for 45 s, but nothing left either: that is not recovery',
    given: facts(hop({ minutes: anHour({ 2: { leaves: 10, failedAttempts: 20 }, 1: { leaves: 0, failedAttempts: 9 }, 0: { leaves: 0 } }), lastLeaveAt: NOW - 55_000, inFlight: inFlight({ lastFailureAt: NOW - 45_000 }) })),
    previous: before('failing'),
    status: 'failing', phase: 'active', rule: 'error-rate', reason: '29 % of attempts failed in 5 min (29 of 99); the contract allows 0.5 %',
  },
  {
    name: 'one failure every 20 s: 45 s of quiet are not the end',
    given: facts(hop({ minutes: anHour({ 4: { failedAttempts: 3 }, 3: { failedAttempts: 3 }, 2: { failedAttempts: 3 }, 1: { failedAttempts: 1 } }), inFlight: inFlight({ lastFailureAt: NOW - 45_000 }) })),
    status: 'failing', phase: 'active', rule: 'error-rate', reason: '6.9 % of attempts failed in 5 min (10 of 145); the contract allows 0.5 %',
  },
  {
    name: 'late in three of five minutes',
    given: facts(hop({
      minutes: anHour({ 3: { latencyMs: 9_000 }, 2: { latencyMs: 9_000 }, 1: { latencyMs: 9_000 } }),
      inFlight: inFlight({ lastMinute: { enters: 30, leaves: 30, failedAttempts: 0, latency: latencies([9_000, 30]) }, lastHalfMinute: { enters: 15, leaves: 15, failedAttempts: 0, latency: latencies([9_000, 15]) } }),
    })),
    status: 'degraded', phase: 'active', rule: 'latency-p95', reason: "Latency p95 9.2 s in 5 min, above the contract's 4 s in 3 of 5 minutes",
  },
  {
    name: 'late in two of five minutes only', given: facts(hop({ minutes: anHour({ 3: { latencyMs: 9_000 }, 2: { latencyMs: 9_000 } }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'suddenly slow: shown within the minute, by what still waits',
    given: facts(hop({
      minutes: anHour({ 0: { leaves: 2, enters: 15 } }),
      inFlight: inFlight({
        lastMinute: { enters: 30, leaves: 14, failedAttempts: 0, latency: latencies([400, 12], [5_000, 2]) },
        waitingAge: latencies([6_000, 5], [2_000, 6]), oldestWaitingAt: NOW - 6_100,
      }),
    })),
    status: 'degraded', phase: 'active', rule: 'latency-now', reason: "7 of 19 messages in the last 60 s took longer than the contract's p95 of 4 s, 5 of them still waiting",
  },
  {
    name: 'message ids that never match say nothing about waiting',
    given: facts(hop({ inFlight: inFlight({ matched: 0, waitingAge: latencies([60_000, 900]), oldestWaitingAt: NOW - 900_000 }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'in time again for 30 s after a slow spell',
    given: facts(hop({ minutes: anHour({ 3: { latencyMs: 9_000 }, 2: { latencyMs: 9_000 }, 1: { latencyMs: 9_000 } }) })),
    previous: before('degraded', { rule: 'latency-p95' }),
    status: 'degraded', phase: 'recovering', rule: 'latency-p95', reason: "recovering: in time again for 30 s (p95 405 ms); latency p95 9.2 s in 5 min, above the contract's 4 s in 3 of 5 minutes",
  },
  {
    name: 'a backlog that is worked off',
    given: facts(hop({
      inFlight: inFlight({
        lastMinute: { enters: 20, leaves: 60, failedAttempts: 0, latency: latencies([90_000, 60]) }, lastHalfMinute: { enters: 10, leaves: 50, failedAttempts: 0, latency: latencies([90_000, 50]) },
        waitingAge: latencies([80_000, 80]), oldestWaitingAt: NOW - 80_000,
      }),
    })),
    status: 'degraded', phase: 'recovering', rule: 'latency-now',
    reason: "recovering: working off 80 waiting messages, done in about 1 m (50 left, 10 entered in 30 s); 140 of 140 messages in the last 60 s took longer than the contract's p95 of 4 s, 80 of them still waiting",
  },
  {
    name: 'a backlog that has just been worked off',
    given: facts(hop({
      inFlight: inFlight({
        lastMinute: { enters: 20, leaves: 60, failedAttempts: 0, latency: latencies([90_000, 60]) }, lastHalfMinute: { enters: 10, leaves: 40, failedAttempts: 0, latency: latencies([90_000, 40]) },
      }),
    })),
    status: 'degraded', phase: 'recovering', rule: 'latency-now',
    reason: "recovering: the waiting messages are worked off (40 left, 10 entered in 30 s); 60 of 60 messages in the last 60 s took longer than the contract's p95 of 4 s",
  },
  {
    name: 'the oldest has waited longer than the contract pages for',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([1_900_000, 6]), oldestWaitingAt: NOW - 1_900_000 }) })),
    status: 'failing', phase: 'active', rule: 'oldest-waiting-page', reason: '6 messages wait, the oldest for 31 m 40 s; the contract pages above 30 m',
  },
  {
    name: 'a single message waits on a hop that little passes',
    given: facts(hop({ minutes: anHour({}).slice(-61, -35), inFlight: inFlight({ waitingAge: latencies([1_900_000, 1]), oldestWaitingAt: NOW - 1_900_000 }) })),
    status: 'failing', phase: 'active', rule: 'oldest-waiting-page', reason: '1 message waits, the oldest for 31 m 40 s; the contract pages above 30 m',
  },
  {
    name: 'a sender died with the spans of three messages, hundreds have left since',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([1_900_000, 3]), oldestWaitingAt: NOW - 1_900_000 }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'more messages wait than the contract warns for',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([1_000, 250]), oldestWaitingAt: NOW - 1_000 }) })),
    slo: { ...SLO, backlogWarn: 200, backlogPage: 1000 },
    status: 'degraded', phase: 'active', rule: 'backlog-warn', reason: '250 messages wait, the oldest for 1 s; the contract warns above 200 messages',
  },
  {
    name: 'a feed that stopped',
    given: facts(hop({ minutes: anHour({ 1: { leaves: 12 }, 0: null }), lastLeaveAt: NOW - 70_000, inFlight: inFlight({ lastMinute: { enters: 0, leaves: 0, failedAttempts: 0, latency: new Map() } }) })),
    status: 'silent', phase: 'active', rule: 'silence', reason: 'Nothing left for 1 m 9 s (last at 11:59:20 UTC, usual gap 2 s); nothing entered since either',
  },
  {
    name: 'a consumer that stopped',
    given: facts(hop({
      minutes: anHour({ 1: { leaves: 12, enters: 30 }, 0: { leaves: 0, enters: 15 } }), lastLeaveAt: NOW - 70_000,
      inFlight: inFlight({ lastMinute: { enters: 30, leaves: 0, failedAttempts: 0, latency: new Map() }, waitingAge: latencies([40_000, 34]), oldestWaitingAt: NOW - 69_000 }),
    })),
    status: 'silent', phase: 'active', rule: 'silence', reason: 'Nothing left for 1 m 9 s (last at 11:59:20 UTC, usual gap 2 s); 34 messages entered and wait, the oldest for 1 m 8 s',
  },
  {
    name: 'silent for two hours: the gap before it is remembered', given: facts(hop({ minutes: [], lastLeaveAt: NOW - 7_200_000 })),
    previous: before('silent', { rule: 'silence', figures: { ...NO_FIGURES, hops: [{ hopId: 'erp', enteredPerMinute: 0, leftPerMinute: 0, errorRate: null, p50Ms: null, p95Ms: null, lastLeaveAt: null, usualGapMs: 2_000, backlog: null }] } }),
    status: 'silent', phase: 'active', rule: 'silence', reason: 'Nothing left for 1 h 59 m (last at 10:00:30 UTC, usual gap 2 s); nothing entered since either',
  },
  {
    name: 'a silence of which nothing is remembered', given: facts(hop({ minutes: [], lastLeaveAt: NOW - 7_200_000 })),
    status: 'unknown', phase: 'settled', rule: 'no-history', reason: 'Nothing left in the last hour, and how often something should is not known (last on 2026-11-20 at 10:00 UTC)',
  },
  {
    name: 'nobody was listening for most of the quiet time',
    given: { ...facts(hop({ minutes: anHour({ 4: null, 3: null, 2: null, 1: null, 0: null }), lastLeaveAt: NOW - 290_000 })), observingSince: NOW - 20_000 },
    status: 'healthy', phase: 'settled', rule: 'none', reason: '0 messages left in 5 min, none failed',
  },
  {
    name: 'silent before the receivers restarted, and still so',
    given: { ...facts(hop({ minutes: anHour({ 4: null, 3: null, 2: null, 1: null, 0: null }), lastLeaveAt: NOW - 290_000 })), observingSince: NOW - 20_000 },
    previous: before('silent', { rule: 'silence' }),
    status: 'silent', phase: 'active', rule: 'silence', reason: 'Nothing left for 4 m 49 s (last at 11:55:40 UTC, usual gap 2 s); nothing entered since either',
  },
  {
    name: 'a new flow', given: facts(hop({ minutes: [], lastLeaveAt: null, inFlight: null })),
    status: 'unknown', phase: 'settled', rule: 'no-telemetry', reason: 'No telemetry yet: nothing that matches this contract has been received',
  },
  {
    name: 'messages enter and none has left', given: facts(hop({ minutes: [{ ...minute(0, { leaves: 0, enters: 4 }), latency: null }], lastLeaveAt: null, inFlight: null })),
    status: 'unknown', phase: 'settled', rule: 'no-leave-yet', reason: 'Messages enter, but none has left yet',
  },
  {
    name: 'facts older than three polls', given: { ...facts(), completeThrough: NOW - 42_000 }, previous: before('healthy'),
    status: 'unknown', phase: 'settled', rule: 'stale-facts', reason: 'The newest facts are 42 s old, so what happens now is not known; check collectors and ClickHouse under System health',
  },
  {
    name: 'no receiver at all', given: { ...facts(), completeThrough: null },
    status: 'unknown', phase: 'settled', rule: 'stale-facts', reason: 'The receivers do not report what has arrived, so what happens now is not known; check that the collectors are running',
  },
  {
    name: 'no rule fires, but one did 25 s ago', given: facts(), previous: before('silent', { rule: 'silence', lastUnhealthyAt: NOW - 25_000 }),
    status: 'silent', phase: 'recovering', rule: 'silence', reason: 'recovering: was silent, well for 25 s (healthy after 60 s); 135 messages left in 5 min, none failed',
  },
  {
    name: 'no rule has fired for 60 s', given: facts(), previous: before('silent', { lastUnhealthyAt: NOW - 60_000 }),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'the clock was set back by an hour', given: facts(), previous: before('failing', { since: NOW + 3_600_000, lastUnhealthyAt: NOW + 3_600_000 }),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'of several hops the worst decides and is named',
    given: facts(hop({ hopId: 'capture', name: 'Capture' }), hop({ minutes: anHour({ 0: { leaves: 15, failedAttempts: 41 } }), inFlight: inFlight({ lastFailureAt: NOW - 1_000 }) })),
    status: 'failing', phase: 'active', rule: 'error-rate', reason: 'ERP interface: 23 % of attempts failed in 5 min (41 of 176); the contract allows 0.5 %',
  },
  {
    name: 'one hop without telemetry keeps a flow from being healthy', given: facts(hop({ hopId: 'capture', name: 'Capture' }), hop({ minutes: [], lastLeaveAt: null, inFlight: null })),
    status: 'unknown', phase: 'settled', rule: 'no-telemetry', reason: 'ERP interface: no telemetry yet: nothing that matches this contract has been received',
  },
];

describe('health of a flow', () => {
  it.each(CASES)('$name: $status', ({ given, previous, slo, status, phase, rule, reason }) => {
    const found = evaluate(given, previous ?? null, slo ?? SLO);
    expect({ status: found.status, phase: found.phase, rule: found.rule, reason: found.reason }).toEqual({ status, phase, rule, reason });
  });

  it('keeps since while the status stays, and starts anew when it changes', () => {
    expect(evaluate(facts(), before('healthy', { lastUnhealthyAt: null })).since).toBe(NOW - 600_000);
    expect(evaluate(facts(), before('failing', { lastUnhealthyAt: NOW - 90_000 })).since).toBe(NOW);
    expect(evaluate(facts(), null).since).toBe(NOW);
  });

  it('names the facility that holds the failures', () => {
    const given = facts(hop({ minutes: anHour({ 0: { leaves: 15, failedAttempts: 41 } }), inFlight: inFlight({ lastFailureAt: NOW - 1_000 }), failures: [failuresAt('mercy-north', 41)] }));
    expect(evaluate(given).figures.scope).toEqual({ text: 'all failures at facility Mercy North (41 of 41)', dimension: 'facility', value: 'mercy-north', share: 1 });
  });

  it('does not blame a facility that carries all traffic anyway', () => {
    const given = facts(hop({ minutes: anHour({ 0: { leaves: 15, failedAttempts: 41 } }), failures: [failuresAt('mercy-north', 41, 135)] }));
    expect(evaluate(given).figures.scope).toEqual({ text: 'no facility stands out', dimension: null, value: null, share: null });
  });

  it.each([
    ['three of four failures are chance', 4, [failuresAt('mercy-north', 3, 20)], null],
    ['eight of eleven are chance where the value carries a third of the traffic', 11, [failuresAt('mercy-north', 8, 45), { ...failuresAt('aetna', 6, 60), dimension: 'payer' as const }], 'no facility or payer stands out'],
    ['nineteen of twenty are not', 20, [failuresAt('mercy-north', 19, 20)], '95 % of failures at facility Mercy North (19 of 20)'],
    ['a reason is not a place', 20, [{ ...failuresAt('ERP_503', 18), dimension: 'reason' as const, name: 'ERP_503' }], null],
    ['one reason, where no place stands out', 20, [failuresAt('mercy-north', 8, 20), { ...failuresAt('ERP_503', 18), dimension: 'reason' as const, name: 'ERP_503' }], 'no facility stands out'],
    ['one payer only', 20, [{ ...failuresAt('aetna', 20, 2), dimension: 'payer' as const, name: 'Aetna' }], 'only payer Aetna (20 of 20)'],
  ])('evidence of scope: %s', (_, failedAttempts, failures, text) => {
    const { figures } = evaluate(facts(hop({ minutes: anHour({ 0: { leaves: 15, failedAttempts } }), failures })));
    expect(figures.scope?.text ?? null).toBe(text);
  });

  it('gives figures with the status, null where nothing is known', () => {
    const { figures } = evaluate(facts());
    expect(figures).toMatchObject({ messagesPerMinute: 30, errorRate: 0, scope: null, completeThrough: new Date(NOW - 1_000).toISOString() });
    expect(figures.hops[0]!.p95Ms).toBeCloseTo(405.1, 1);
    expect(evaluate(facts(hop({ minutes: [], lastLeaveAt: null, inFlight: null }))).figures).toMatchObject({ messagesPerMinute: null, errorRate: null, p95Ms: null, lastLeaveAt: null });
  });
});
