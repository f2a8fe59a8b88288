import { describe, expect, it } from 'vitest';
import { channel, source, tap } from './backlog/tap-facts.builder';
import type { HopTapFacts } from './backlog/tap-facts';
import { evaluateFlowHealth, type PreviousEvaluation } from './evaluate-flow-health';
import type { FlowFacts } from './flow-facts';
import { facts, hop, inFlight, latencies, NOW, SLO } from './flow-facts.builder';
import { NO_FIGURES } from './flow-figures';
import type { Phase, Status } from './flow-view';

/** A hop of which no span was ever received. */
const unspanned = (told: HopTapFacts) => facts(hop({ minutes: [], lastLeaveAt: null, tap: told }));
const spanned = (told: HopTapFacts) => facts(hop({ tap: told }));
const old = { at: NOW - 42_000 };
const stale = tap({ source: source({ newest: { ...old, alarms: [], blockedConnections: 0 }, failing: { at: NOW - 2_000, error: 'Rabbit main refuses the connection.' } }), channel: channel({ newest: old }) });
const neverLooked = tap({ source: source({ newest: null }), channel: { channelId: 'rabbit-main:queue:/:claims.work', looks: [], newest: null, failing: null } });
const deadQueue = (perMinute: number, hops = 1, knownFailures = 0) => ({ channel: { ...channel({ enteredPerMinute: perMinute, leftPerMinute: 0, waiting: perMinute * 20 }), channelId: 'rabbit-main:queue:/:claims.dead' }, hops, knownFailures });

interface Case { name: string; given: FlowFacts; slo?: typeof SLO; previous?: PreviousEvaluation; status: Status; phase?: Phase; rule: string; reason: string }

const CASES: Case[] = [
  {
    name: 'no spans: judged by the counters', given: unspanned(tap()),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '150 messages left in 5 min, nothing waits',
  },
  {
    name: 'no spans, little traffic', given: unspanned(tap({ channel: channel({ enteredPerMinute: 0, leftPerMinute: 0 }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '0 messages left in 5 min, nothing waits',
  },
  {
    name: 'no spans and no receivers: the source still tells', given: { ...unspanned(tap()), completeThrough: null },
    status: 'healthy', phase: 'settled', rule: 'none', reason: '150 messages left in 5 min, nothing waits',
  },
  {
    name: 'an alarm, while the queue is empty and looks well', given: spanned(tap({ source: source({ newest: { at: NOW - 2_000, alarms: ['memory:rabbit@a', 'memory:rabbit@b', 'disk:rabbit@a'], blockedConnections: 3 } }) })),
    status: 'failing', rule: 'broker-alarm', reason: 'Memory alarm (rabbit@a, rabbit@b) and disk alarm (rabbit@a) at Rabbit main block publishers, 3 connections are kept from publishing; that little waits here says nothing',
  },
  {
    name: 'blocked connections whose alarm is not seen', given: unspanned(tap({ source: source({ newest: { at: NOW - 2_000, alarms: [], blockedConnections: 1 } }) })),
    status: 'failing', rule: 'broker-alarm', reason: 'Rabbit main blocks publishers: 1 connection is kept from publishing; that little waits here says nothing',
  },
  {
    name: 'an alarm shows while the receivers are down', given: { ...spanned(tap({ source: source({ newest: { at: NOW - 2_000, alarms: ['disk'], blockedConnections: null } }) })), completeThrough: NOW - 90_000 },
    status: 'failing', rule: 'broker-alarm', reason: 'Disk alarm at Rabbit main blocks publishers; that little waits here says nothing',
  },
  {
    name: 'an alarm of an hour ago is not known to be in force', given: spanned({ ...stale, source: source({ newest: { at: NOW - 3_600_000, alarms: ['memory'], blockedConnections: 1 } }) }),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed; what waits is not known: no data since 11:59:48 UTC (42 s): no collector has looked at Rabbit main; see its tap under Sources',
  },
  {
    name: 'the queue does not exist', given: spanned(tap({ channel: channel({ newest: { state: 'missing', waiting: null, entered: null, left: null, consumers: null } }) })),
    status: 'failing', rule: 'channel-state', reason: 'The channel rabbit-main:queue:/:claims.work does not exist, says Rabbit main',
  },
  {
    name: 'messages wait and nobody takes them', given: unspanned(tap({ channel: channel({ leftPerMinute: 0, enteredPerMinute: 6, waiting: 4, newest: { consumers: 0 } }) })),
    status: 'failing', rule: 'no-consumer', reason: 'No consumer for 30 s, and 4 messages wait',
  },
  {
    name: 'nobody takes, and nothing waits', given: unspanned(tap({ channel: channel({ enteredPerMinute: 0, leftPerMinute: 0, newest: { consumers: 0 } }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '0 messages left in 5 min, nothing waits',
  },
  {
    name: 'the consumer went 10 s ago', given: unspanned(tap({ channel: withConsumersUntil(10_000) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '150 messages left in 5 min, 9 messages wait',
  },
  {
    name: 'the consumer went 40 s ago', given: unspanned(tap({ channel: withConsumersUntil(40_000) })),
    status: 'failing', rule: 'no-consumer', reason: 'No consumer for 40 s, and 9 messages wait',
  },
  {
    name: 'more wait than the contract pages for, and more come', slo: { ...SLO, backlogWarn: 200, backlogPage: 1_000 },
    given: spanned(tap({ channel: channel({ enteredPerMinute: 90, leftPerMinute: 30, waiting: 1_204 }) })),
    status: 'failing', phase: 'active', rule: 'backlog-page', reason: '1,204 messages wait; the contract pages above 1,000 messages; growing by 60 a minute (30 left, 90 entered a minute)',
  },
  {
    name: 'the oldest has waited at least as long as the contract warns for', given: spanned(tap({ channel: channel({ waiting: 5, newest: { oldestAgeMs: 700_000, ageMethod: 'rank' } }) })),
    status: 'degraded', phase: 'active', rule: 'oldest-waiting-warn', reason: '5 messages wait, the oldest for at least 11 m 40 s; the contract warns above 10 m',
  },
  {
    name: 'the oldest has waited longer than the contract pages for', given: spanned(tap({ channel: channel({ waiting: 1, newest: { oldestAgeMs: 1_900_000, ageMethod: 'head' } }) })),
    status: 'failing', phase: 'active', rule: 'oldest-waiting-page', reason: '1 message waits, the oldest for 31 m 40 s; the contract pages above 30 m',
  },
  {
    name: 'a backlog that drains', slo: { ...SLO, backlogWarn: 200 },
    given: spanned(tap({ channel: channel({ enteredPerMinute: 30, leftPerMinute: 330, waiting: 1_200 }) })),
    status: 'degraded', phase: 'recovering', rule: 'backlog-warn', reason: 'recovering: drains by 12:04 UTC (330 left, 30 entered a minute); 1,200 messages wait; the contract warns above 200 messages',
  },
  {
    name: 'what is measured takes the place of what traces infer',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([1_900_000, 6]), oldestWaitingAt: NOW - 1_900_000 }), tap: tap() })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'no more messages wait and are late than the channel holds: others were dead-lettered or lost, and leave no trace of it',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([6_000, 40]), oldestWaitingAt: NOW - 6_100 }), tap: tap() })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'traces infer what is not measured now',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([1_900_000, 6]), oldestWaitingAt: NOW - 1_900_000 }), tap: stale })),
    status: 'failing', rule: 'oldest-waiting-page', reason: '6 messages wait, the oldest for 31 m 40 s; the contract pages above 30 m',
  },
  {
    name: 'a stream says nothing of what waits, so traces do',
    given: facts(hop({ inFlight: inFlight({ waitingAge: latencies([1_900_000, 6]), oldestWaitingAt: NOW - 1_900_000 }), tap: tap({ channel: channel({ newest: { waiting: null, left: null } }) }) })),
    status: 'failing', rule: 'oldest-waiting-page', reason: '6 messages wait, the oldest for 31 m 40 s; the contract pages above 30 m',
  },
  {
    name: 'steady growth below the thresholds', slo: { ...SLO, backlogWarn: 1_000 }, given: spanned(tap({ channel: channel({ enteredPerMinute: 60, leftPerMinute: 30, waiting: 400 }) })),
    status: 'degraded', phase: 'active', rule: 'backlog-growth', reason: "Growing by 30 a minute for 5 min, 400 messages wait; at this rate the contract's 1,000 are reached in 20 m",
  },
  {
    name: 'growth of a few messages is nobody\'s business', given: spanned(tap({ channel: channel({ enteredPerMinute: 33, leftPerMinute: 30, waiting: 16 }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'a batch that arrived at once is not growth', given: spanned(tap({ channel: steppedUp(500) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed',
  },
  {
    name: 'most are dead-lettered', given: unspanned(tap({ deadLetters: deadQueue(20), failures: [{ reason: 'ERP_503', count: 70 }, { reason: 'BAD_ITEM', count: 30 }] })),
    status: 'failing', phase: 'active', rule: 'dead-letters', reason: '100 of 250 messages were dead-lettered in 5 min, mostly ERP_503; the contract allows 0.5 %',
  },
  {
    name: 'a few are dead-lettered', given: unspanned(tap({ deadLetters: deadQueue(0.8), channel: channel({ enteredPerMinute: 60, leftPerMinute: 60 }) })),
    status: 'degraded', phase: 'active', rule: 'dead-letters', reason: '4 of 304 messages were dead-lettered in 5 min; the contract allows 0.5 %',
  },
  {
    name: 'within the budget', given: unspanned(tap({ deadLetters: deadQueue(0.2), channel: channel({ enteredPerMinute: 60, leftPerMinute: 60 }) })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '300 messages left in 5 min, nothing waits; 1 was dead-lettered',
  },
  {
    name: 'dead letters of another hop in a shared channel', given: unspanned(tap({ deadLetters: deadQueue(20, 2, 100), failures: [] })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '150 messages left in 5 min, nothing waits',
  },
  {
    name: 'dead letters in a shared channel of which nobody knows whose they are', given: unspanned(tap({ deadLetters: deadQueue(20, 2) })),
    status: 'failing', rule: 'dead-letters', reason: '100 of 250 messages were dead-lettered (into a channel of 2 hops) in 5 min; the contract allows 0.5 %',
  },
  {
    name: 'rows in error grow', given: unspanned(tap({ channel: failingRows(12) })),
    status: 'degraded', phase: 'active', rule: 'dead-letters', reason: '12 of 312 messages went into error in 5 min; the contract allows 0.5 %',
  },
  {
    name: 'no spans, and the looks fail', given: unspanned(stale), previous: undefined,
    status: 'unknown', phase: 'settled', rule: 'stale-tap', reason: 'No data since 11:59:48 UTC (42 s): Rabbit main refuses the connection',
  },
  {
    name: 'no spans, and the looks have failed from the start', given: unspanned({ ...neverLooked, source: source({ newest: null, failing: { at: NOW - 2_000, error: 'The user observer was refused (401).' } }) }),
    status: 'unknown', phase: 'settled', rule: 'stale-tap', reason: 'No data yet: The user observer was refused (401)',
  },
  {
    name: 'no spans and no look yet', given: unspanned(neverLooked),
    status: 'unknown', phase: 'settled', rule: 'no-telemetry', reason: 'No telemetry yet: nothing that matches this contract has been received, and its channel was not looked at yet',
  },
  {
    name: 'spans, and the looks fail: both are said', given: spanned(stale),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '135 messages left in 5 min, none failed; what waits is not known: no data since 11:59:48 UTC (42 s): Rabbit main refuses the connection',
  },
  {
    name: 'spans are old, and the looks are no substitute where spans were known', given: { ...spanned(tap()), completeThrough: NOW - 42_000 },
    status: 'unknown', phase: 'settled', rule: 'stale-facts', reason: 'The newest facts are 42 s old, so what happens now is not known; check collectors and ClickHouse under System health',
  },
  {
    name: 'no spans: silent by the counters', given: unspanned(tap({ channel: stoppedFor(120_000) })),
    status: 'silent', phase: 'active', rule: 'silence', reason: 'Nothing left for 2 m (last at 11:58:28 UTC, usual gap 2 s); nothing entered since either',
  },
  {
    name: 'spans ended two hours ago, the counters go on', given: facts(hop({ minutes: [], lastLeaveAt: NOW - 7_200_000, tap: tap() })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '150 messages left in 5 min, nothing waits; no spans of it for 2 h',
  },
  {
    name: 'no spans of the last minutes, but the counters go on: that is no silence', given: facts(hop({ minutes: hop().minutes.slice(0, -6), lastLeaveAt: NOW - 360_000, tap: tap() })),
    status: 'healthy', phase: 'settled', rule: 'none', reason: '0 messages left in 5 min, none failed, though 150 messages did by the counters of Rabbit main: their spans are missing',
  },
];

/** Looks said two consumers until then, and nine messages wait from then on. */
function withConsumersUntil(ago: number) {
  const told = channel({ waiting: 9, newest: { consumers: 0 } });
  return { ...told, looks: told.looks.map((one) => (one.at < NOW - 2_000 - ago ? { ...one, consumers: 2 } : one)) };
}

function steppedUp(by: number) {
  const told = channel({ waiting: by });
  return { ...told, looks: told.looks.map((one) => (one.at < NOW - 122_000 ? { ...one, waiting: 0n } : one)) };
}

function failingRows(count: number) {
  const told = channel({ enteredPerMinute: 60, leftPerMinute: 60, newest: { failed: BigInt(count), consumers: null } });
  return { ...told, looks: told.looks.map((one) => (one.at < NOW - 200_000 ? { ...one, failed: 0n } : one)) };
}

/** The counters stood still for that long. */
function stoppedFor(ms: number) {
  const told = channel();
  const still = told.looks.findLast((one) => one.at <= NOW - 2_000 - ms)!;
  const newest = { ...told.newest!, entered: still.entered, left: still.left };
  return { ...told, newest, looks: told.looks.map((one) => (one.at > still.at ? { ...one, entered: still.entered, left: still.left } : one)) };
}

const evaluate = (given: FlowFacts, previous: PreviousEvaluation | null = null, slo = SLO) => evaluateFlowHealth(given, slo, previous, NOW);

describe('health of a tapped flow', () => {
  it.each(CASES)('$name: $status', ({ given, previous, slo, status, phase, rule, reason }) => {
    const found = evaluate(given, previous ?? null, slo ?? SLO);
    expect({ status: found.status, phase: found.phase, rule: found.rule, reason: found.reason }).toEqual({ status, phase: phase ?? 'active', rule, reason });
  });

  it('remembers when it last had data, and since when a silent flow has been silent', () => {
    const before = evaluate(unspanned(tap({ channel: stoppedFor(120_000) })));
    const remembered: PreviousEvaluation = { ...before, lastUnhealthyAt: NOW };
    const blind = evaluateFlowHealth(unspanned(neverLooked), SLO, remembered, NOW + 4_000_000);
    expect(blind).toMatchObject({ status: 'unknown', rule: 'stale-tap', reason: 'No data since 12:00:28 UTC (1 h 6 m): no collector has looked at Rabbit main; see its tap under Sources' });
    expect(blind.figures.hops[0]).toMatchObject({ usualGapMs: before.figures.hops[0]!.usualGapMs, lastLeaveAt: before.figures.hops[0]!.lastLeaveAt });
    const again = evaluate(unspanned(tap({ channel: channel({ enteredPerMinute: 0, leftPerMinute: 0 }) })), { ...remembered, figures: blind.figures });
    expect(again).toMatchObject({ status: 'silent', rule: 'silence' });
  });

  it('a restarted broker is watched anew before it is called silent', () => {
    const { looks, newest } = channel({ enteredPerMinute: 0, leftPerMinute: 0, newest: { epoch: 'boot-2', entered: 0n, left: 0n } });
    const before = channel().looks.filter(({ at }) => at < NOW - 30_000);
    const restarted = tap({ channel: { channelId: 'c', looks: [...before, ...looks.filter(({ at }) => at >= NOW - 30_000)], newest, failing: null } });
    expect(evaluate(unspanned(restarted))).toMatchObject({ status: 'healthy', rule: 'none' });
  });

  it('gives the figures of the tap with the status, and gaps where it is blind', () => {
    const [seen] = evaluate(spanned(tap({ channel: channel({ enteredPerMinute: 30, leftPerMinute: 330, waiting: 1_200, newest: { inFlight: 40n } }), deadLetters: deadQueue(2) }))).figures.hops;
    expect(seen?.backlog).toMatchObject({
      waiting: '1200', inFlight: '40', failed: null, consumers: 2, enteredPerMinute: 30, leftPerMinute: 330, drain: { kind: 'draining' },
      deadLetters: { channelId: 'rabbit-main:queue:/:claims.dead', waiting: '40', enteredPerMinute: 2 }, sampledAt: new Date(NOW - 2_000).toISOString(), problem: null,
    });
    const [blind] = evaluate(spanned(stale)).figures.hops;
    expect(blind?.backlog).toMatchObject({ waiting: null, consumers: null, leftPerMinute: null, drain: { kind: 'unknown' }, sampledAt: new Date(NOW - 42_000).toISOString() });
    expect(blind?.backlog?.problem).toContain('Rabbit main refuses the connection');
    expect(evaluate(facts()).figures.hops[0]?.backlog).toBeNull();
  });

  it('gives the rates of a hop without spans by the counters', () => {
    expect(evaluate(unspanned(tap({ deadLetters: deadQueue(20) }))).figures).toMatchObject({ errorRate: 0.4, messagesPerMinute: 30, p95Ms: null });
    expect(evaluate(unspanned(tap())).figures).toMatchObject({ errorRate: 0, lastLeaveAt: new Date(NOW - 2_000).toISOString() });
    expect(evaluate(unspanned(stale)).figures).toMatchObject({ errorRate: null, messagesPerMinute: null });
  });

  it('keeps a flow that was failing by an alarm as recovering for a minute', () => {
    const previous: PreviousEvaluation = { status: 'failing', rule: 'broker-alarm', since: NOW - 90_000, lastUnhealthyAt: NOW - 10_000, figures: NO_FIGURES };
    expect(evaluate(spanned(tap()), previous)).toMatchObject({ status: 'failing', phase: 'recovering', rule: 'broker-alarm' });
  });
});
