import { expect, it } from 'vitest';
import type { HopBacklog, HopFigures } from '@/server/domain/health/flow-view';
import { hopInFocus } from './hop-in-focus';

const BACKLOG: HopBacklog = {
  waiting: '12', inFlight: '3', failed: null, held: null, consumers: 2, oldestAgeMs: null, ageMethod: 'unknown', ageNote: '', enteredPerMinute: 10, leftPerMinute: 12,
  redeliveredPerMinute: 0, drain: { kind: 'empty' }, deadLetters: null, sampledAt: '2026-03-14T12:00:00.000Z', problem: null,
};
const hop = (hopId: string, told: Partial<HopFigures> = {}): HopFigures => ({
  hopId, name: hopId, channelId: `broker:queue:/:${hopId}`, enteredPerMinute: 10, leftPerMinute: 10, errorRate: 0, p50Ms: 5, p95Ms: 9, lastLeaveAt: null, backlog: BACKLOG, ...told,
});
const stopped = hop('stopped', { backlog: { ...BACKLOG, consumers: 0 } });
const idle = hop('idle', { backlog: { ...BACKLOG, consumers: 0, waiting: '0' } });
const failing = hop('failing', { errorRate: 0.31 });
const faulty = hop('faulty', { errorRate: 0.01 });
const growing = hop('growing', { backlog: { ...BACKLOG, drain: { kind: 'growing', perMinute: 4 } } });
const blind = hop('blind', { backlog: { ...BACKLOG, problem: 'no data since 12:00 UTC' } });

it.each([
  ['what waits and is not taken', [hop('a'), failing, stopped, hop('z')], 'stopped'],
  ['the most errors', [faulty, growing, failing, hop('z')], 'failing'],
  ['a backlog that grows', [hop('a'), growing, blind, hop('z')], 'growing'],
  ['a backlog that is not known', [blind, idle, hop('z')], 'blind'],
  ['nothing, so that it is the last', [hop('a', { backlog: null, errorRate: null }), idle, hop('z')], 'z'],
])('begins with %s', (_, hops, hopId) => expect(hopInFocus(hops)?.hopId).toBe(hopId));

it('is none where the contract names none', () => expect(hopInFocus([])).toBeUndefined());
