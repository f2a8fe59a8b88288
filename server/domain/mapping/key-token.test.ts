import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyTokenizer } from './key-token';

const KEY = Buffer.from('0123456789abcdef');

describe('key tokens', () => {
  it('are HMAC-SHA256 with the id of the key', () => {
    const expected = createHmac('sha256', KEY).update('CLM-2024-004821').digest('hex');
    expect(createKeyTokenizer(KEY, 'k1').tokenOf('CLM-2024-004821')).toEqual({ token: `k1:${expected}`, label: '•••4821' });
  });

  it.each([['CLM-2024-004821', '•••4821'], ['123456789', '•••789'], ['4821', '•••1'], ['12', '•••'], ['', '•••']])('%j is shown as %s', (key, label) => {
    expect(createKeyTokenizer(KEY, 'k1').tokenOf(key).label).toBe(label);
  });

  it('stay the same when far more keys than it remembers have passed', () => {
    const tokenizer = createKeyTokenizer(KEY, 'k1');
    const first = tokenizer.tokenOf('first').token;
    const others = new Set<string>();
    for (let i = 0; i < 25_000; i++) others.add(tokenizer.tokenOf(`key-${i}`).token);
    expect(others.size).toBe(25_000);
    expect(others.has(first)).toBe(false);
    expect(tokenizer.tokenOf('first').token).toBe(first);
  });

  it('differ by key', () => {
    expect(createKeyTokenizer(Buffer.from('another key, 16+'), 'k1').tokenOf('a').token).not.toBe(createKeyTokenizer(KEY, 'k1').tokenOf('a').token);
  });

  it('refuse a key that protects nothing, and an id that would break the form', () => {
    expect(() => createKeyTokenizer(Buffer.from('short'), 'k1')).toThrow(/at least 16/);
    expect(() => createKeyTokenizer(KEY, 'k:1')).toThrow(/key id/);
  });
});
