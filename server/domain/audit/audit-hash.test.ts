import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../canonical-json';
import { auditHash, type HashedEvent } from './audit-hash';
import { exactJson, exactText } from './exact-json';

const text = fc.string({ unit: 'binary', maxLength: 30 }).map(exactText);
const maybe = fc.option(text, { nil: null });
const json: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map(exactJson);
const event: fc.Arbitrary<HashedEvent> = fc.record({
  seq: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), id: fc.uuid(), at: fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
  actor: text, actorUser: fc.option(fc.uuid(), { nil: null }), grants: json, action: text, subject: text, flowId: maybe, outcome: fc.constantFrom('done', 'refused'),
  reason: maybe, ticket: maybe, planHash: maybe, before: json, after: json, previousHash: text,
});
const COLUMNS = Object.keys(fc.sample(event, 1)[0]!) as (keyof HashedEvent)[];

describe('the hash of an event', () => {
  test.each(COLUMNS)('is another one when %s is another one', (column) => {
    fc.assert(fc.property(event, event, (one, other) => {
      fc.pre(written(one[column]) !== written(other[column]));
      expect(auditHash({ ...one, [column]: other[column] })).not.toBe(auditHash(one));
    }));
  });

  test('is another one when two columns change places, or text moves from one to the next', () => {
    fc.assert(fc.property(event, text, (one, moved) => {
      fc.pre(one.action !== one.subject);
      fc.pre(moved !== '');
      expect(auditHash({ ...one, action: one.subject, subject: one.action })).not.toBe(auditHash(one));
      expect(auditHash({ ...one, action: one.action + moved })).not.toBe(auditHash({ ...one, subject: moved + one.subject }));
    }));
  });

  test('is the same for what JSON and a database give back', () => {
    fc.assert(fc.property(event, (one) => {
      const stored = JSON.parse(JSON.stringify({ before: one.before, after: one.after, grants: one.grants })) as Pick<HashedEvent, 'before' | 'after' | 'grants'>;
      expect(auditHash({ ...one, ...stored, at: new Date(one.at.getTime()) })).toBe(auditHash(one));
    }));
  });

  test('cannot be made of what was never written: a fraction, a number too large to be exact', () => {
    const [one] = fc.sample(event, 1);
    for (const after of [{ amount: 1.5 }, [2 ** 53]]) expect(() => auditHash({ ...one!, after })).toThrow(TypeError);
  });

  test('does not change between versions', () => {
    expect(auditHash({
      seq: 7n, id: '0190b0de-0000-7000-8000-000000000001', at: new Date('2026-01-05T08:00:00.123Z'), actor: 'user:ada@hospital.example', actorUser: null,
      grants: [{ role: 'admin', scope: { payers: null, facilities: ['mercy'] } }], action: 'source.update', subject: 'source:rabbit-main', flowId: null, outcome: 'done',
      reason: null, ticket: 'INC-1', planHash: null, before: null, after: { b: 1, a: 'ü' }, previousHash: '0'.repeat(64),
    })).toMatchInlineSnapshot(`"7bcc8d5a4f2c51be27598af8f6b0153133756597810874d2fe6da82acf971909"`);
  });
});

describe('what is written exactly', () => {
  test.each<[string, unknown, Json]>([
    ['nothing', undefined, null], ['null', null, null], ['a fraction', 1.5, '1.5'], ['a number beyond exactness', 2 ** 60, '1152921504606847000'],
    ['a bigint', 10n, '10'], ['a date', new Date(0), '1970-01-01T00:00:00.000Z'], ['NUL and half a pair', 'a\0b\uD800c😀', 'a\uFFFDb\uFFFDc😀'],
    ['members', { a: undefined, 'k\0': [1, { b: Number.NaN }] }, { 'k\uFFFD': [1, { b: 'NaN' }] }],
  ])('%s', (_, value, expected) => {
    expect(exactJson(value)).toEqual(expected);
  });
});

/** One spelling per value, whatever the order of its keys. */
function written(value: unknown): string {
  return canonicalJson(typeof value === 'bigint' || value instanceof Date ? String(value.valueOf()) : value as Json);
}
