import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceJsonValue } from './json-text';

const BODY = '{ "claim": {"payer":"aetna", "amount": 10.00, "lines":[{"id":9007199254740993},{"id":2}], "final":false, "note":null, "a/b": "x", "q\\"": "y"} }';

describe('replaceJsonValue', () => {
  it.each([
    ['/claim/payer', 'cig"na', '"aetna"', '"cig\\"na"', 'aetna'],
    ['/claim/amount', '12.50', '10.00', '12.50', '10.00'],
    ['/claim/lines/0/id', '9007199254740995', '9007199254740993', '9007199254740995', '9007199254740993'],
    ['/claim/lines/1/id', '3', '"id":2', '"id":3', '2'],
    ['/claim/final', 'true', 'false', 'true', 'false'],
    ['/claim/a~1b', 'z', '"x"', '"z"', 'x'],
    ['/claim/q"', 'z', '"y"', '"z"', 'y'],
  ])('changes %s, and not one character besides', (pointer, value, from, to, before) => {
    expect(replaceJsonValue(BODY, pointer, value)).toEqual({ text: BODY.replace(from, to), before });
  });

  it.each([
    ['a place that is not there', BODY, '/claim/nothing', 'x', /nothing stands there/],
    ['a place behind a value', BODY, '/claim/payer/x', 'x', /nothing stands there/],
    ['a list index with a zero in front', BODY, '/claim/lines/00/id', '1', /nothing stands there/],
    ['an object', BODY, '/claim', 'x', /object or a list/],
    ['null', BODY, '/claim/note', 'x', /null/],
    ['a word for a number', BODY, '/claim/amount', 'ten', /number/],
    ['a number that JSON does not know', BODY, '/claim/amount', '010', /number/],
    ['a word for true', BODY, '/claim/final', 'yes', /true or false/],
    ['a name that stands there twice', '{"a":1,"a":2}', '/a', '3', /twice/],
    ['what is no JSON', '<a/>', '/a', '3', /no JSON/],
  ])('refuses %s', (_, body, pointer, value, problem) => {
    expect(replaceJsonValue(body, pointer, value)).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  it('changes exactly what a parser finds at that place, in any document', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.string(), fc.integer({ min: 0, max: 3 }), (rest, key, value, space) => {
      const document = { ...rest, [key]: { deep: ['a', { x: 'before' }] } };
      // Own keys only: JSON.parse makes `__proto__` one, a literal does not.
      fc.pre(key !== '__proto__' && !Object.hasOwn(rest, '__proto__'));
      const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}/deep/1/x`;
      const replaced = replaceJsonValue(JSON.stringify(document, null, space), pointer, value);
      expect(replaced).toHaveProperty('text');
      expect(JSON.parse((replaced as { text: string }).text)).toEqual({ ...(JSON.parse(JSON.stringify(document)) as object), [key]: { deep: ['a', { x: value }] } });
    }));
  });
});
