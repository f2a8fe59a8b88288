import { expect, it } from 'vitest';
import type { HopBacklog, HopFigures } from '@/server/domain/health/flow-view';
import { hopInShort } from './hop-in-short';

const BACKLOG: HopBacklog = {
  waiting: '1204', inFlight: '3', failed: null, held: null, consumers: 2, oldestAgeMs: 240_000, ageMethod: 'rank', ageNote: '', enteredPerMinute: 30, leftPerMinute: 12,
  redeliveredPerMinute: 0, drain: { kind: 'empty' }, deadLetters: null, sampledAt: null, problem: null,
};
const HOP: HopFigures = { hopId: 'work', name: 'Work', channelId: 'broker:queue:/:work', enteredPerMinute: 9, leftPerMinute: 8.25, errorRate: 0, p50Ms: null, p95Ms: null, lastLeaveAt: null, backlog: null };

it.each<[string, Partial<HopFigures>, string]>([
  ['without a tap', {}, '9 in, 8.3 out per minute'],
  ['with errors first', { errorRate: 0.31 }, '31 % errors · 9 in, 8.3 out per minute'],
  ['as its source counts', { backlog: BACKLOG }, '1,204 waiting, oldest at least 4 m · 30 in, 12 out per minute'],
  ['where nothing waits', { backlog: { ...BACKLOG, waiting: '0' } }, 'nothing waits · 30 in, 12 out per minute'],
  ['where nobody knows', { backlog: { ...BACKLOG, problem: 'connection refused' } }, 'backlog not known · 30 in, 12 out per minute'],
])('tells a hop %s', (_, told, words) => expect(hopInShort({ ...HOP, ...told })).toBe(words));
