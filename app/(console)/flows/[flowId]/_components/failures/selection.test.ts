import { describe, expect, it } from 'vitest';
import type { FailedMessageView } from '@/server/services/failures/failed-message-view';
import { keyOf, pickedOf, switched } from './selection';

function message(itemKey: string, hopId: string | null = 'outbox'): FailedMessageView {
  const at = '2026-11-27T14:00:00.000Z';
  return {
    sourceId: 'rabbit', channelId: 'rabbit:queue:/:dead', originChannelId: 'rabbit:queue:/:work', itemKey, hopId, failedAt: at, seenAt: at, messageId: null, reason: null, nativeReason: null,
    errorText: null, attempts: null, facilityId: null, payerId: null, supplierId: null, departmentId: null, itemId: null, caseLabel: null, amount: null, originExchange: null,
    originRoutingKey: null, deaths: [], sizeBytes: '0', contractVersion: null,
  };
}

const SHOWN = ['a', 'b', 'c', 'd'].map((key) => message(key));
const keys = (...itemKeys: string[]) => new Set(itemKeys.map((key) => keyOf(message(key))));

describe('what is picked', () => {
  it('is what is selected and still shown', () => {
    const picked = pickedOf(SHOWN, keys('b', 'gone'));
    expect(picked.messages.map(({ itemKey }) => itemKey)).toEqual(['b']);
    expect(picked).toMatchObject({ hopId: 'outbox', problem: null });
  });

  it('can be replayed at one known hop only, and says so otherwise', () => {
    const select = (...messages: FailedMessageView[]) => pickedOf(messages, new Set(messages.map(keyOf)));
    expect(select(message('a'), message('b', 'post')).problem).toContain('2 hops');
    expect(select(message('a'), message('b', null)).problem).toContain('not known');
    expect(select().problem).toBeNull();
  });
});

describe('switching rows', () => {
  it('switches one row and leaves the others', () => {
    expect(switched(SHOWN, keys('a'), [...keys('b')][0]!, true, null)).toEqual(keys('a', 'b'));
    expect(switched(SHOWN, keys('a', 'b'), [...keys('a')][0]!, false, null)).toEqual(keys('b'));
  });

  it('switches all rows between two, in either direction', () => {
    const [b, d] = [[...keys('b')][0]!, [...keys('d')][0]!];
    expect(switched(SHOWN, keys('a'), d, true, b)).toEqual(keys('a', 'b', 'c', 'd'));
    expect(switched(SHOWN, keys('a', 'b', 'c', 'd'), b, false, d)).toEqual(keys('a'));
  });

  it('switches one row where the other end is gone', () => {
    expect(switched(SHOWN, keys(), [...keys('b')][0]!, true, 'gone')).toEqual(keys('b'));
  });
});
