import { describe, expect, it } from 'vitest';
import { passingAsCanary, type Touched } from './extent';

const message = (messageId: string, payerId: string, facilityId = 'north'): Touched => ({ messageId, payerId, facilityId, caseToken: messageId, amount: '10', currency: 'USD' });
/** Newest first, as the tap knows them. */
const WAITING = [message('d', 'aetna'), message('c', 'cigna', 'south'), message('b', 'aetna'), message('a', 'cigna')];
const ids = (touched: readonly Touched[]) => touched.map(({ messageId }) => messageId).join('');

describe('what passes as a canary', () => {
  it.each([
    ['the oldest ones', { by: 'count', count: 2 }, '4', 'ba', '2'],
    ['no more than wait', { by: 'count', count: 9 }, '4', 'dcba', '4'],
    ['the oldest of a payer', { by: 'payer', payer: 'aetna', atMost: 1 }, '4', 'b', '1'],
    ['no more than a facility has', { by: 'facility', facility: 'south', atMost: 5 }, '4', 'c', '1'],
    ['nothing of a payer that has none', { by: 'payer', payer: 'humana', atMost: 5 }, '4', '', '0'],
    ['an unknown number where nobody counts', { by: 'count', count: 2 }, null, 'ba', null],
  ] as const)('%s', (_, which, count, oldest, messages) => {
    const passing = passingAsCanary(which, WAITING, count);
    expect({ ids: ids(passing.touched), messages: passing.messages }).toEqual({ ids: oldest, messages });
  });

  it('is at most what was asked for where no message is known one by one', () => {
    expect(passingAsCanary({ by: 'payer', payer: 'aetna', atMost: 3 }, [], '40')).toEqual({ touched: [], messages: '3' });
  });
});
