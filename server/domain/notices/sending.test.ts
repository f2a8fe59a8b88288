import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { GIVE_UP_MS, nextAttempt, signatureOf } from './sending';

const CREATED = new Date('2026-11-27T12:00:00Z');

it('waits longer after each failure, and gives up after a day, not before', () => {
  let now = CREATED;
  const waits: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const next = nextAttempt({ attempts, createdAt: CREATED, now });
    if (next === null) break;
    waits.push(next.getTime() - now.getTime());
    now = next;
  }
  expect(waits.slice(0, 8)).toEqual([5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 600_000]);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(now.getTime() - CREATED.getTime()).toBeGreaterThan(GIVE_UP_MS - 600_000);
});

it('signs the second and the body together', () => {
  const at = new Date('2026-11-27T12:00:00.900Z');
  const expected = createHmac('sha256', 'secret').update('1795780800.{"a":1}').digest('hex');
  expect(signatureOf('{"a":1}', 'secret', at)).toBe(`t=1795780800,v1=${expected}`);
  expect(signatureOf('{"a":2}', 'secret', at)).not.toContain(expected);
});
