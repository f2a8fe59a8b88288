import { describe, expect, it } from 'vitest';
import { HOLD_STATES } from '@/server/domain/operations/hold-states';
import { byUrgency, holdStanding, holdsByFlow } from './hold-words';
import { holdOf, NOW } from './testing/planned';

const at = (ms: number) => new Date(NOW + ms).toISOString();
const harmIn = (ms: number) => ({ earliest: { what: 'deadline', at: at(ms), sentence: '' }, limits: [] });

describe('how a hold stands', () => {
  it('is unverified before anything else while nobody can measure it, also when it leaked', () => {
    expect(holdStanding({ state: 'held', unverifiedSince: at(-60_000) })).toMatchObject({ word: 'UNVERIFIED', alarming: true });
    expect(holdStanding({ state: 'leaking', unverifiedSince: at(-60_000) }).shape).toBe('unknown');
  });

  it('is over when it is over, measured or not', () => {
    expect(holdStanding({ state: 'released', unverifiedSince: at(-60_000) })).toMatchObject({ word: 'Released', alarming: false });
  });

  it('alarms for a leak and for a reroute that runs out, and for nothing else', () => {
    expect(HOLD_STATES.filter((state) => holdStanding({ state, unverifiedSince: null }).alarming)).toEqual(['leaking', 'expiring']);
  });
});

it('says that a reroute loses or doubles messages', () => {
  expect(holdStanding(holdOf({ kind: 'reroute', state: 'leaking', figures: { missing: '3' } })).word).toBe('UNBALANCED');
  expect(holdStanding(holdOf({ kind: 'reroute', state: 'leaking' })).word).toBe('LEAKING');
});

it('says that a reroute has expired once nobody but a person ends it', () => {
  expect(holdStanding(holdOf({ kind: 'reroute', state: 'expiring' })).word).toBe('Expiring');
  expect(holdStanding(holdOf({ kind: 'reroute', state: 'expiring', expiry: { at: at(0), sentence: 'erp-api answered 503.' } }))).toEqual({ word: 'EXPIRED', shape: 'failing', alarming: true });
});

it('puts what is wrong first, then the earliest harm, and what has none last', () => {
  const holds = [
    holdOf({ id: 'none' }), holdOf({ id: 'late', budget: harmIn(7_200_000) }), holdOf({ id: 'soon', budget: harmIn(60_000) }), holdOf({ id: 'leak', state: 'leaking' }),
  ];
  expect(holds.toSorted(byUrgency).map(({ id }) => id)).toEqual(['leak', 'soon', 'late', 'none']);
});

it('groups by flow what is not over', () => {
  const groups = holdsByFlow([holdOf({ id: 'a' }), holdOf({ id: 'b', state: 'released' }), holdOf({ id: 'c', flowId: 'orders', state: 'active' })]);
  expect([...groups].map(([flowId, holds]) => [flowId, holds.map(({ id }) => id)])).toEqual([['charges', ['a']], ['orders', ['c']]]);
});
