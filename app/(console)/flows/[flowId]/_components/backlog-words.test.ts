import { describe, expect, it } from 'vitest';
import type { HopBacklog } from '@/server/domain/health/flow-view';
import { deadLetterWords, drainWords, oldestWords } from './backlog-words';

const BACKLOG: HopBacklog = {
  waiting: '12', inFlight: '3', failed: null, held: null, consumers: 2, oldestAgeMs: 240_000, ageMethod: 'head', ageNote: '',
  enteredPerMinute: 10, leftPerMinute: 12, redeliveredPerMinute: 0, drain: { kind: 'empty' }, deadLetters: null,
  sampledAt: '2026-03-14T12:00:00.000Z', problem: null,
};

describe('age of the oldest waiting message', () => {
  it('says how it was found', () => {
    expect(oldestWords(BACKLOG)).toEqual({ text: '4 m', note: 'by the time that its publisher set' });
  });

  it('calls a lower bound a lower bound', () => {
    const told = oldestWords({ ...BACKLOG, ageMethod: 'rank', ageNote: '3 copies were dropped' });
    expect(told).toEqual({ text: 'at least 4 m', note: "by rank of the tap's copies; 3 copies were dropped" });
  });

  it('is never zero when it is not known', () => {
    expect(oldestWords({ ...BACKLOG, oldestAgeMs: null, ageMethod: 'unknown', ageNote: 'a priority queue has no oldest' })).toEqual({ text: '–', note: 'a priority queue has no oldest' });
  });

  it('needs no age where nothing waits', () => {
    expect(oldestWords({ ...BACKLOG, waiting: '0', oldestAgeMs: null }).text).toBe('nothing waits');
  });
});

describe('drain forecast', () => {
  it.each([
    [{ kind: 'empty' }, { text: 'empty', note: '' }],
    [{ kind: 'draining', fromMs: 180_000, toMs: 300_000 }, { text: 'in 3 m to 5 m', note: '' }],
    [{ kind: 'draining', fromMs: 181_000, toMs: 190_000 }, { text: 'in about 3 m', note: '' }],
    [{ kind: 'growing', perMinute: 12 }, { text: 'growing by 12/min', note: '' }],
    [{ kind: 'unknown', reason: 'nothing entered or left in 15 min' }, { text: '–', note: 'nothing entered or left in 15 min' }],
  ] as const)('%j', (drain, told) => expect(drainWords(drain)).toEqual(told));
});

describe('dead letters', () => {
  it.each([
    [{ waiting: '0', enteredPerMinute: 0 }, '0'],
    [{ waiting: '1204', enteredPerMinute: 1.24 }, '1,204, +1.2/min'],
    [{ waiting: null, enteredPerMinute: null }, '–'],
  ])('%j', (deadLetters, text) => expect(deadLetterWords({ channelId: 'rabbit:queue:/:x.dlq', ...deadLetters })).toBe(text));
});
