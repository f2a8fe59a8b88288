import { describe, expect, it } from 'vitest';
import { amqpInstant, headerText } from './header-text';

describe('headerText', () => {
  it.each([
    ['text', 'text'], [true, 'true'], [42, '42'], [-7, '-7'],
    [{ '!': 'decimal', value: { places: 2, digits: 1234 } }, '12.34'], [{ '!': 'decimal', value: { places: 3, digits: 5 } }, '0.005'], [{ '!': 'decimal', value: { places: 0, digits: 5 } }, '5'],
    [{ '!': 'timestamp', value: 1_763_900_000 }, '2025-11-23T12:13:20.000Z'],
    [undefined, undefined], [null, undefined],
  ])('%j reads %j', (value, text) => {
    expect(headerText(value)).toBe(text);
  });
  it.each([[12.5], [9_007_199_254_740_992], ['a\uFFFDb'], [Buffer.from('x')], [['a']], [{ a: 1 }], [{ '!': 'timestamp', value: 2 ** 60 }],
    // -1 of a client that writes signed decimals.
    [{ '!': 'decimal', value: { places: 2, digits: 0xffff_ffff } }],
  ])('%j has no exact text', (value) => {
    expect(headerText(value)).toBeNull();
  });
});

describe('amqpInstant', () => {
  it('takes seconds, and milliseconds by their size; nothing else', () => {
    expect([1_763_900_000, 1_763_900_000_123, 0, -1, 2 ** 62, 'x', undefined].map(amqpInstant)).toEqual([1_763_900_000_000, 1_763_900_000_123, null, null, null, null, null]);
  });
});
