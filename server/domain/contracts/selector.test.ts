import { describe, expect, it } from 'vitest';
import { parseSelector, requireSelector } from './selector';

describe('selectors', () => {
  it.each([
    ['attr:messaging.message.id', { kind: 'attr', name: 'messaging.message.id' }],
    ['resource:service.instance.id', { kind: 'resource', name: 'service.instance.id' }],
    ['header:x-payer', { kind: 'header', name: 'x-payer' }],
    ['body:/claim/payerId', { kind: 'body', pointer: '/claim/payerId' }],
    ['column:payer_code', { kind: 'column', name: 'payer_code' }],
    ['key:2', { kind: 'key', part: 2 }],
    ['const:a:b', { kind: 'const', value: 'a:b' }],
  ])('%s', (text, selector) => expect(parseSelector(text)).toEqual(selector));

  it.each(['', 'attr', 'attr:', ':x', 'xpath:/a', 'x12:2010BB/NM109', 'key:0', 'key:two', 'body:claim', 'const:', 'Attr:x'])('%j is refused with a sentence that quotes it', (text) => {
    expect(parseSelector(text)).toEqual({ problem: expect.stringContaining(`"${text}"`) });
    expect(() => requireSelector(text)).toThrow(RangeError);
  });
});
