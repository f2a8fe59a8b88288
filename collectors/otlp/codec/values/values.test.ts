import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmount } from './amount';
import { ByteDictionary } from './byte-dictionary';
import { Instant } from './nanoseconds';
import { TextCache } from './text-cache';

describe('parseAmount', () => {
  const int64 = (text: string): bigint | null => {
    const words = { low: 7, high: 7 };
    const parsed = parseAmount(text, words);
    if (!parsed) expect(words).toEqual({ low: 0, high: 0 });
    return parsed ? BigInt.asIntN(64, (BigInt(words.high) << 32n) | BigInt(words.low)) : null;
  };

  it('is exact for every Decimal(18, 4)', () => {
    const limit = 10n ** 18n - 1n;
    fc.assert(fc.property(fc.bigInt({ min: -limit, max: limit }), fc.nat(4), (scaled, cut) => {
      const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(5, '0');
      const places = digits.slice(-4).replace(new RegExp(`0{0,${cut}}$`), '');
      expect(int64(`${scaled < 0n ? '-' : ''}${digits.slice(0, -4)}${places === '' ? '' : `.${places}`}`)).toBe(scaled);
    }));
  });

  it.each([['0', 0n], ['-0.0000', 0n], ['+1', 10_000n], ['.5', 5_000n], ['000012.3400', 123_400n], ['99999999999999.9999', 10n ** 18n - 1n]])(
    '%s', (text, expected) => expect(int64(text)).toBe(expected),
  );

  it.each(['', '-', '.', '1.', '1.23456', '100000000000000', '1e3', '1,000.00', ' 1', '1 ', 'NaN', '0x10', '--1', '1.2.3', '$5'])(
    'refuses "%s"', (text) => expect(int64(text)).toBeNull(),
  );
});

describe('Instant', () => {
  const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const bytesOf = (value: bigint) => {
    const bytes = Buffer.alloc(11);
    bytes.writeBigUInt64LE(value, 3);
    return bytes;
  };

  it('takes any 64-bit number of nanoseconds apart exactly', () => {
    fc.assert(fc.property(nanos, (value) => {
      const instant = new Instant().read(bytesOf(value), 3);
      expect({ seconds: BigInt(instant.seconds), nanos: BigInt(instant.nanos), ms: BigInt(instant.ms) })
        .toEqual({ seconds: value / 10n ** 9n, nanos: value % 10n ** 9n, ms: value / 10n ** 6n });
      expect((BigInt(instant.high) << 32n) | BigInt(instant.low)).toBe(value);
    }), { numRuns: 1000 });
  });

  it('is exact around whole seconds', () => {
    for (const second of [1n, 86_400n, 1_772_323_200n, 18_446_744_073n]) {
      expect(new Instant().read(bytesOf(second * 10n ** 9n - 1n), 3)).toMatchObject({ seconds: Number(second) - 1, nanos: 999_999_999 });
      expect(new Instant().read(bytesOf(second * 10n ** 9n), 3)).toMatchObject({ seconds: Number(second), nanos: 0 });
    }
  });

  it('orders like the numbers', () => {
    fc.assert(fc.property(nanos, nanos, (a, b) => {
      expect(new Instant().read(bytesOf(a), 3).isBefore(new Instant().read(bytesOf(b), 3))).toBe(a < b);
    }));
  });
});

it('ByteDictionary numbers distinct byte sequences in the order of their first appearance', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 600 }), (sequences) => {
    const dictionary = new ByteDictionary();
    const expected = new Map<string, number>();
    for (const bytes of sequences) {
      const text = bytes.join();
      if (!expected.has(text)) expected.set(text, expected.size);
      expect(dictionary.intern(Uint8Array.from([9, ...bytes, 9]), 1, bytes.length)).toBe(expected.get(text));
    }
    dictionary.clear();
    expect(dictionary.intern(Uint8Array.from([1]), 0, 1)).toBe(0);
  }), { numRuns: 50 });
});

it('TextCache gives the transformed text, whatever it was asked before', () => {
  const cache = new TextCache((text) => `<${text}>`);
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'é', 'e\u0301')), (text) => {
    const bytes = Buffer.from(`x${text}y`);
    expect(cache.get(bytes, 1, bytes.length - 2)).toBe(`<${text}>`);
  }), { numRuns: 500 });
});
