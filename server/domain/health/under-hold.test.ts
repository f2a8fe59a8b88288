import { describe, expect, it } from 'vitest';
import { evaluateFlowHealth } from './evaluate-flow-health';
import { facts as flowFacts, NOW, SLO } from './flow-facts.builder';
import { isExplainedByHold, underHold, type FlowHold } from './under-hold';

const HOLD: FlowHold = { state: 'held', method: 'park', owner: 'user:engineer@hospital.example', observation: '40 messages are parked.', since: NOW - 90_000, verifiedAt: NOW - 2_000 };
const well = evaluateFlowHealth(flowFacts(), SLO, null, NOW);

describe('a hold of ours', () => {
  it('makes a flow held, with its verification and its owner in words', () => {
    const evaluation = underHold(well, HOLD, null, null, NOW);
    expect(evaluation).toMatchObject({ status: 'held', rule: 'hold', since: NOW });
    expect(evaluation.reason).toBe('HELD (verified): park new messages, for 1 m 30 s, by engineer@hospital.example. 40 messages are parked.');
  });

  it('makes it degraded while the hold leaks, with what the look found', () => {
    const evaluation = underHold(well, { ...HOLD, state: 'leaking', observation: 'Queue "work" does not exist any more.' }, null, null, NOW);
    expect(evaluation).toMatchObject({ status: 'degraded', rule: 'hold-leaking', since: NOW });
    expect(evaluation.reason).toBe('LEAKING: park new messages, for 1 m 30 s, by engineer@hospital.example. Queue "work" does not exist any more.');
  });

  it('says since when nobody could verify it', () => {
    expect(underHold(well, { ...HOLD, verifiedAt: NOW - 60_000 }, null, null, NOW).reason).toMatch(/^unverified for 1 m/);
  });

  it.each(['silence', 'no-consumer', 'oldest-waiting-page', 'backlog-growth', 'backlog-warn', 'latency-p95', 'none'])('explains %s', (rule) => {
    expect(isExplainedByHold(rule)).toBe(true);
  });

  it.each(['error-rate', 'dead-letters', 'broker-alarm', 'channel-state', 'stale-facts', 'stale-tap'])('does not explain %s', (rule) => {
    expect(underHold({ ...well, rule, status: 'failing' }, HOLD, null, null, NOW).status).toBe('failing');
  });

  it('keeps its beginning while it lasts', () => {
    const first = underHold(well, HOLD, null, null, NOW);
    expect(underHold(well, HOLD, { ...first, figures: well.figures }, null, NOW + 5_000).since).toBe(NOW);
  });

  const failing = { ...well, status: 'failing', phase: 'active', rule: 'error-rate', reason: '40 % of attempts failed in 5 min (14 of 35)' } as const;

  it('names the failures from before it, once they have stopped', () => {
    const evaluation = underHold(failing, HOLD, null, NOW - 40_000, NOW);
    expect(evaluation.status).toBe('held');
    expect(evaluation.reason).toBe('HELD (verified): park new messages, for 1 m 30 s, by engineer@hospital.example. 40 messages are parked. No attempt has failed for 40 s; before that: 40 % of attempts failed in 5 min (14 of 35)');
  });

  it.each([
    ['something still fails', HOLD, NOW - 20_000],
    ['it is not known when something failed last', HOLD, null],
    ['the hold is not there yet', { ...HOLD, state: 'draining' as const }, NOW - 40_000],
    ['the hold leaks', { ...HOLD, state: 'leaking' as const }, NOW - 40_000],
  ])('does not explain failures while %s', (_, hold, lastFailureAt) => {
    expect(underHold(failing, hold, null, lastFailureAt, NOW)).toBe(failing);
  });
});
