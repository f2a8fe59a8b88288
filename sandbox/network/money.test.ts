import { describe, expect, it } from 'vitest';
import { centsOf, decimalOf } from './money';

describe('money', () => {
  it.each([
    [0, '0.00'],
    [7, '0.07'],
    [123450, '1234.50'],
    [-5, '-0.05'],
  ])('writes %i cents as %s and reads it back', (cents, decimal) => {
    expect(decimalOf(cents)).toBe(decimal);
    expect(centsOf(decimal)).toBe(cents);
  });

  it('refuses fractions of a cent', () => {
    expect(() => decimalOf(0.5)).toThrow('Not a whole number of cents');
    expect(() => centsOf('1.5')).toThrow('two decimal places');
  });
});
