import { describe, expect, it } from 'vitest';
import { deliveryLimitOf, headroomLock } from './headroom';

const queue = { name: 'work', deliveryLimit: 3 };
const now = (more: object = {}) => ({ ready: 5, unacked: 10, consumers: 1, bytes: 0, totals: { published: 20, left: 5, redelivered: 0 }, incomingPerSecond: null, ...more });

describe('delivery limits', () => {
  it.each([['classic', 3, '4.0.2', null], ['quorum', null, '3.13.1', null], ['quorum', 2, '3.10.8', 2], ['quorum', null, '4.0.2', 20], ['quorum', 50, '4.1.0', 50]] as const)('of a %s queue with %s on %s: %s', (type, deliveryLimit, version, limit) => {
    expect(deliveryLimitOf({ type, deliveryLimit }, version)).toBe(limit);
  });

  it.each([
    ['no limit', null, now(), false],
    ['nothing is out', 3, now({ unacked: 0, totals: null }), false],
    ['never put back, all counted', 3, now(), false],
    ['put back twice in all', 3, now({ totals: { published: 20, left: 5, redelivered: 2 } }), false],
    ['put back three times in all', 3, now({ totals: { published: 20, left: 5, redelivered: 3 } }), true],
    ['older than the statistics', 3, now({ totals: { published: 14, left: 0, redelivered: 0 } }), true],
    ['no statistics', 3, now({ totals: null }), true],
    ['unknown how many are out', 3, now({ unacked: null }), true],
  ])('%s', (_, limit, seen, isLocked) => {
    expect(headroomLock(queue, limit, seen)?.code === 'delivery-limit').toBe(isLocked);
  });
});
