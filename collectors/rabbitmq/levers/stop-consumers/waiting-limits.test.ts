import { expect, it } from 'vitest';
import { waitingLimits } from './stop-plan';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const queue = { name: 'work', messageTtlMs: null, maxLength: 1_000, overflow: null, deadLetterExchange: null };

it('says when a queue is full at the rate of the last seconds, and nothing where that is not known', () => {
  expect(waitingLimits(queue, { ready: 300, unacked: 100, incomingPerSecond: 10 }, NOW)).toEqual([
    { what: 'length of work', at: '2026-11-27T12:01:00.000Z', sentence: '"work" holds 1000 messages and has 300 now, 100 more come back, and 10.0 come in per second. Beyond that, the oldest are dropped.' },
  ]);
  expect(waitingLimits(queue, { ready: 1_200, unacked: 0, incomingPerSecond: 10 }, NOW)[0]?.at).toBe('2026-11-27T12:00:00.000Z');
  for (const incomingPerSecond of [0, null]) expect(waitingLimits(queue, { ready: 300, unacked: 100, incomingPerSecond }, NOW)[0]?.at).toBeNull();
  expect(waitingLimits(queue, { ready: null, unacked: null, incomingPerSecond: 10 }, NOW)[0]?.at).toBeNull();
});
