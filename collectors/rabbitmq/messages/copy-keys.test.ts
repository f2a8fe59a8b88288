import type { Message } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { compileTapMapper } from '@/server/domain/mapping/tap-mapper';
import { contentKey, CopyKeys, storedDigest } from './copy-keys';

const message = (content: string, redelivered = false, headers: Record<string, unknown> = {}): Message => ({
  content: Buffer.from(content), fields: { deliveryTag: 1, redelivered, exchange: 'x', routingKey: 'k' }, properties: { headers } as Message['properties'],
});

describe('CopyKeys', () => {
  it('tells messages apart that look alike, and gives each its key again when they come again', () => {
    const keys = new CopyKeys();
    const first = [keys.identify(message('a')), keys.identify(message('a')), keys.identify(message('b'))];
    expect(new Set(first.map(({ key }) => key)).size).toBe(3);
    for (let round = 0; round < 2; round++) {
      keys.beginAgain();
      expect([keys.identify(message('a', true)), keys.identify(message('a', true)), keys.identify(message('b', true))]).toEqual(first.map(({ key }) => ({ key, isNew: false })));
    }
  });
  it('gives a successor the same keys, and knows what the broker handed out and nobody read', () => {
    const holder = new CopyKeys();
    const successor = new CopyKeys();
    expect(successor.identify(message('a', true))).toEqual({ key: holder.identify(message('a')).key, isNew: true });
    expect(successor.identify(message('a', true)).isNew).toBe(true);
  });
  it('tells retries by their headers, and survives headers that cannot be written', () => {
    const keys = new CopyKeys();
    expect(keys.identify(message('a', false, { 'x-death': [1] })).key).not.toBe(keys.identify(message('a')).key);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(keys.identify(message('c', false, circle)).key).toMatch(/^[\w-]{27}$/);
  });
  it('knows a message without an id by its content and where it was sent', () => {
    expect(contentKey('x', 'k', Buffer.from('a'))).toBe(contentKey('x', 'k', Buffer.from('a')));
    expect(new Set([contentKey('x', 'k', Buffer.from('a')), contentKey('x', 'k', Buffer.from('b')), contentKey('x', 'l', Buffer.from('a'))]).size).toBe(3);
  });
});

describe('a digest as it is stored', () => {
  const mapper = (key: string, id = 'k1') => compileTapMapper(contractSetOf([]), { tokenKey: Buffer.alloc(32, key), tokenKeyId: id });

  it('is the same for the same message under the same key only, whatever the key is called', () => {
    expect(storedDigest(mapper('a'), 'digest')).toMatch(/^k1:[0-9a-f]{24}$/);
    expect(storedDigest(mapper('a'), 'digest')).toBe(storedDigest(mapper('a'), 'digest'));
    expect(storedDigest(mapper('b'), 'digest')).not.toBe(storedDigest(mapper('a'), 'digest'));
    expect(storedDigest(mapper('a', 'a-long-name-of-a-key-in-32-chars'), 'digest')).toMatch(/:[0-9a-f]{24}$/);
  });
});
