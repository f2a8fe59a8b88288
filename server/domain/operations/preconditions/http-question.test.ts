import { describe, expect, it } from 'vitest';
import { httpQuestion, LONGEST_VALUE } from './http-question';

const LOOKUP = 'GET erp-api:/inventory/v2/issues/{usageLine}';
const ask = (text: string, values: Record<string, string> = {}) => httpQuestion(text, (name) => (Object.hasOwn(values, name) ? values[name] : undefined));

describe('a probe over HTTP', () => {
  it.each([
    ['a plain key', LOOKUP, { usageLine: 'UL00000007-1' }, '/inventory/v2/issues/UL00000007-1'],
    ['a question mark', LOOKUP, { usageLine: 'UL?all=1' }, '/inventory/v2/issues/UL%3Fall%3D1'],
    ['a fragment', LOOKUP, { usageLine: 'UL#1' }, '/inventory/v2/issues/UL%231'],
    ['a percent sign', LOOKUP, { usageLine: '%2e%2e' }, '/inventory/v2/issues/%252e%252e'],
    ['blanks and letters of the world', LOOKUP, { usageLine: 'Zoë 1' }, '/inventory/v2/issues/Zo%C3%AB%201'],
    ['a semicolon and quotes', LOOKUP, { usageLine: `a;b"'` }, `/inventory/v2/issues/a%3Bb%22'`],
    ['dots inside a key', LOOKUP, { usageLine: 'a..b' }, '/inventory/v2/issues/a..b'],
    ['several fields, also in the query', 'GET x:/a/{facility}/b?key={usageLine}&key2={usageLine}', { facility: 'MH1', usageLine: 'a/b&c' }, '/a/MH1/b?key=a%2Fb%26c&key2=a%2Fb%26c'],
    ['no field at all', 'HEAD x:/finance/v1/periods/current', {}, '/finance/v1/periods/current'],
  ])('encodes %s', (_, text, values, path) => {
    expect(ask(text, values)).toMatchObject({ path });
  });

  it.each([
    ['a field that the message lacks', LOOKUP, {}, 'The message has no usageLine, which the probe asks by'],
    ['an empty one', LOOKUP, { usageLine: '' }, 'The message has no usageLine, which the probe asks by'],
    ['a blank one', LOOKUP, { usageLine: ' \u00a0' }, 'The message has no usageLine, which the probe asks by'],
    ['a way up', LOOKUP, { usageLine: '../secrets' }, 'The usageLine of the message holds a slash, which servers read in different ways'],
    ['a backslash', LOOKUP, { usageLine: 'a\\b' }, 'The usageLine of the message holds a slash, which servers read in different ways'],
    ['dots only', LOOKUP, { usageLine: '..' }, 'The path of the probe would lead to another place, because a part of it is made of dots only'],
    ['dots from two fields', 'GET x:/a/{left}{right}/b', { left: '.', right: '.' }, 'The path of the probe would lead to another place, because a part of it is made of dots only'],
    ['a line break', LOOKUP, { usageLine: 'a\r\nhost: evil' }, 'The usageLine of the message holds characters that are no text'],
    ['a zero byte', LOOKUP, { usageLine: 'a\0' }, 'The usageLine of the message holds characters that are no text'],
    ['half a character', LOOKUP, { usageLine: 'a\ud800' }, 'The usageLine of the message holds characters that are no text'],
    ['a blank at the end', LOOKUP, { usageLine: 'a ' }, 'The usageLine of the message begins or ends with a blank'],
    ['a very long one', LOOKUP, { usageLine: 'a'.repeat(LONGEST_VALUE + 1) }, `The usageLine of the message is longer than ${LONGEST_VALUE} characters`],
    ['a placeholder that is no field name', 'GET x:/{Usage-Line}', {}, 'The path of the probe holds a character that addresses cannot carry, or a placeholder that is no field name'],
    ['a path that is no address', 'GET x:/größe', {}, 'The path of the probe holds a character that addresses cannot carry, or a placeholder that is no field name'],
    ['another method', 'POST x:/a', {}, 'The probe does not read like "GET source:/path"'],
    ['a source that is none', 'GET evil.example:/', {}, 'The probe does not read like "GET source:/path"'],
  ])('refuses %s', (_, text, values, problem) => {
    expect(ask(text, values)).toEqual({ problem });
  });

  it('neither loses nor adds anything, whatever a key holds', () => {
    const characters = ['a', '/', '?', '#', '%', '&', ';', '\\', '.', ' ', '+', '"', '{', '}', '\r', '\n', '\u0000', 'é', '\ud83d\ude00', '2', 'F', ':', '@'];
    let asked = 0;
    for (let first = 0; first < characters.length; first++) {
      for (const second of characters) {
        for (const third of characters) {
          const value = `${characters[first]}Qx7${second}${third}`;
          const question = ask(LOOKUP, { usageLine: value });
          if ('problem' in question) {
            expect(question.problem).not.toContain('Qx7');
            continue;
          }
          asked += 1;
          expect(question.path).toMatch(/^\/inventory\/v2\/issues\/[A-Za-z0-9\-_.!~*'()%]+$/);
          expect(decodeURIComponent(question.path.slice('/inventory/v2/issues/'.length))).toBe(value);
        }
      }
    }
    expect(asked).toBeGreaterThan(4_000);
  });
});
