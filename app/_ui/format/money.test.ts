import { describe, expect, it } from 'vitest';
import { formatMoney, formatMoneyShort } from './money';

const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('formatMoney', () => {
  it.each([
    [usd('0'), '$0.00'],
    [usd('1234.5'), '$1,234.50'],
    [usd('1234.5000'), '$1,234.50'],
    [usd('0.1234'), '$0.1234'],
    [usd('-1234567.89'), '-$1,234,567.89'],
    [usd('99999999999999999999.99'), '$99,999,999,999,999,999,999.99'],
    [{ amount: '12', currency: 'CHF' }, 'CHF 12.00'],
    [null, '–'],
  ])('%o → %s', (money, text) => expect(formatMoney(money)).toBe(text));

  it('refuses what is not a decimal', () => {
    expect(() => formatMoney(usd('1e6'))).toThrow('"1e6" is not a decimal amount');
  });
});

describe('formatMoneyShort', () => {
  it.each([
    [usd('999999.99'), '$999,999.99'],
    [usd('1849999.99'), '$1.84 M'],
    [usd('18400000'), '$18.4 M'],
    [usd('184000000'), '$184 M'],
    [usd('2500000000'), '$2.50 B'],
    [usd('-1840000'), '-$1.84 M'],
  ])('%o → %s', (money, text) => expect(formatMoneyShort(money)).toBe(text));
});
