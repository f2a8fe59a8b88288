import { describe, expect, it } from 'vitest';
import { canonicalHash, canonicalJson } from '../canonical-json';
import { exceeds, fromTenThousandths, sumMoney, toTenThousandths } from '../money';
import { HOLD_STATES, holdMayBecome, isOver } from './hold-states';
import { ITEM_STATES, itemMayBecome, itemStatesBefore } from './item-states';
import { isFinal, mayBecome, OPERATION_STATES, statesBefore } from './operation-states';

describe('states of operations', () => {
  it('reach an end from everywhere, and never leave it', () => {
    for (const state of OPERATION_STATES) {
      const reached = new Set([state]);
      for (const from of reached) for (const to of OPERATION_STATES) if (mayBecome(from, to)) reached.add(to);
      expect([...reached].some(isFinal), state).toBe(true);
      if (isFinal(state)) expect(OPERATION_STATES.filter((to) => mayBecome(state, to))).toEqual([]);
    }
  });

  it('let nothing run that was not approved', () => {
    expect(statesBefore('running')).toEqual(['approved']);
    expect(statesBefore('approved')).toEqual(['planned', 'awaiting-approval']);
  });
});

it('lets no item be sent again once it was sent, and nothing be sent that was not claimed', () => {
  expect(itemStatesBefore('sending')).toEqual(['pending']);
  expect(itemStatesBefore('sent')).toEqual(['sending']);
  for (const state of ITEM_STATES) if (itemMayBecome(state, 'pending')) expect(state).toBe('sending');
});

it('ends holds for good', () => {
  expect(HOLD_STATES.filter(isOver)).toEqual(['released', 'restored']);
  for (const state of HOLD_STATES) expect(holdMayBecome('released', state)).toBe(false);
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ü' }], a: true })).toBe('{"a":true,"b":[1,{"c":"ü","d":null}]}');
    expect(canonicalHash({ a: 1, b: 2 })).toBe(canonicalHash({ b: 2, a: 1 }));
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each([0.1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, which it cannot say exactly', (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  });
});

describe('money', () => {
  it.each([['10', '10.00'], ['10.5', '10.50'], ['0.0001', '0.0001'], ['-3.2500', '-3.25'], ['99999999999999.9999', '99999999999999.9999']])('%s is %s', (amount, shown) => {
    expect(fromTenThousandths(toTenThousandths(amount))).toBe(shown);
  });

  it('adds per currency and leaves out what has none', () => {
    expect(sumMoney([{ amount: '0.1', currency: 'USD' }, { amount: '0.2', currency: 'USD' }, { amount: '1', currency: '' }, { amount: '5', currency: 'EUR' }])).toEqual([{ amount: '5.00', currency: 'EUR' }, { amount: '0.30', currency: 'USD' }]);
    expect(() => toTenThousandths('1e3')).toThrow(RangeError);
    expect(exceeds({ amount: '1', currency: 'EUR' }, { amount: '100', currency: 'USD' })).toBe(true);
  });
});
