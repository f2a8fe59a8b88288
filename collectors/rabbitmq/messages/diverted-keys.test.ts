import { describe, expect, it } from 'vitest';
import { rulesBesideDiversion, rulesOnDiversion } from './diverted-keys';

const rules = (...keys: string[]) => keys.map((key) => ({ key, args: {} }));

describe('a tap beside a diversion', () => {
  it.each([
    ['nothing is diverted', ['claims.#'], ['claims.837', 'claims.835'], [], ['claims.#'], []],
    ['its only key is diverted', ['claims.837'], [], ['claims.837'], [], ['claims.837']],
    ['a wide key covers diverted ones and others', ['claims.#'], ['claims.835', 'orders.1'], ['claims.837'], ['claims.835'], ['claims.837']],
    ['another key is diverted', ['claims.835'], ['claims.835'], ['claims.837'], ['claims.835'], []],
    ['what is left takes what would be diverted', ['claims.#'], ['claims.*'], ['claims.837'], [], ['claims.837']],
    ['the queue is bound still or again, and the tap is not', ['claims.837'], ['claims.837'], ['claims.837'], [], ['claims.837']],
  ])('%s', (_, wanted, business, diverted, beside, there) => {
    expect(rulesBesideDiversion('topic', rules(...wanted), rules(...business), rules(...diverted))).toEqual(rules(...beside));
    expect(rulesOnDiversion('topic', rules(...wanted), rules(...diverted))).toEqual(rules(...there));
  });

  it.each([
    ['its key', ['claims.837'], ['claims.837', 'claims.835'], ['claims.837'], ['claims.837']],
    ['a wide key', ['claims.#'], ['claims.837', 'claims.835'], ['claims.#'], ['claims.#', 'claims.835']],
    ['a wide key instead of which it has narrower ones', ['claims.#'], ['claims.837', 'claims.835'], ['claims.837'], ['claims.837', 'claims.835']],
    ['a key that no queue takes there any more', ['claims.837'], [], ['claims.837'], []],
  ])('goes on listening at the exchange while the queue is bound there, too: %s', (_, wanted, business, ours, beside) => {
    expect(rulesBesideDiversion('topic', rules(...wanted), rules(...business), rules('claims.837'), rules(...ours))).toEqual(rules(...beside));
  });

  it('does not begin to listen where a reroute leads keys on, and goes on until it is taken away', () => {
    const on = (ours: string[]) => rulesOnDiversion('topic', rules('claims.#'), rules('claims.1', 'claims.2'), rules('claims.2'), rules(...ours));
    expect(on([])).toEqual(rules('claims.1'));
    expect(on(['claims.2'])).toEqual(rules('claims.1', 'claims.2'));
  });
});
