import { describe, expect, it } from 'vitest';
import { rulesBesideDiversion, rulesOnDiversion } from './diverted-keys';

const rules = (...keys: string[]) => keys.map((key) => ({ key, args: {} }));

describe('a tap beside a diversion', () => {
  it.each([
    ['nothing is diverted', ['claims.#'], ['claims.837', 'claims.835'], [], ['claims.#'], []],
    ['its only key is diverted', ['claims.837'], [], ['claims.837'], [], ['claims.837']],
    ['a wide key covers diverted ones and others', ['claims.#'], ['claims.835', 'orders.1'], ['claims.837'], ['claims.835'], ['claims.837']],
    ['another key is diverted', ['claims.835'], ['claims.835'], ['claims.837'], ['claims.835'], []],
    ['what is left takes what would be diverted', ['claims.#'], ['claims.*'], ['claims.837'], ['claims.*'], ['claims.837']],
    ['the queue is bound again, and the diversion is there still', ['claims.837'], ['claims.837'], ['claims.837'], ['claims.837'], ['claims.837']],
  ])('%s', (_, wanted, business, diverted, beside, there) => {
    expect(rulesBesideDiversion('topic', rules(...wanted), rules(...business), rules(...diverted))).toEqual(rules(...beside));
    expect(rulesOnDiversion('topic', rules(...wanted), rules(...diverted))).toEqual(rules(...there));
  });
});
