import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routingKeyFits, topicPatternsMeet } from './topic-pattern';

const words = (text: string) => text.split('.');

describe('topic patterns', () => {
  it.each([
    ['consumption.*', 'consumption.or1', true], ['consumption.*', 'consumption', false], ['consumption.*', 'consumption.a.b', false],
    ['#', 'a.b.c', true], ['a.#', 'a', true], ['a.#.z', 'a.b.c.z', true], ['a.#.z', 'a.b.c', false], ['*.*', 'a.b', true], ['a.b', 'a.c', false],
  ])('%s fits %s: %s', (pattern, key, fits) => expect(routingKeyFits(words(pattern), words(key))).toBe(fits));

  it.each([
    ['a.*', '*.b', true], ['a.*', 'b.*', false], ['#', 'x', true], ['a.#', '#.z', true], ['a.#', 'b.#', false], ['*', '*.*', false], ['a.#.b', 'a.b', true],
  ])('%s meets %s: %s', (a, b, meet) => {
    expect(topicPatternsMeet(words(a), words(b))).toBe(meet);
    expect(topicPatternsMeet(words(b), words(a))).toBe(meet);
  });

  it('meets whenever one key fits both', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '#'), { minLength: 1, maxLength: 4 });
    const key = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(pattern, pattern, key, (a, b, k) => {
      fc.pre(routingKeyFits(a, k) && routingKeyFits(b, k));
      expect(topicPatternsMeet(a, b)).toBe(true);
    }));
  });
});
