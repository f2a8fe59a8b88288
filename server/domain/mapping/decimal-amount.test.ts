import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDecimalAmount } from './decimal-amount';

describe('isDecimalAmount', () => {
  it.each(['0', '12', '-12.5', '1234.5678', '99999999999999.9999', '007'])('takes %s', (text) => expect(isDecimalAmount(text)).toBe(true));
  it.each(['', '-', '.', '1.', '.5', '+1', '1e3', '1,000.00', '1 000', '1.00001', '123456789012345', '0.30000000000000004', 'NaN', '12a', '--1', '1.2.3', '１'])('refuses %j', (text) =>
    expect(isDecimalAmount(text)).toBe(false));

  it('agrees with the definition for any text', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', 'e'), maxLength: 22 }));
    fc.assert(fc.property(texts, (text) => {
      expect(isDecimalAmount(text)).toBe(/^-?\d{1,14}(\.\d{1,4})?$/.test(text));
    }));
  });
});
