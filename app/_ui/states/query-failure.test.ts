import { describe, expect, it } from 'vitest';
import { isFinal, queryFailure } from './query-failure';

const answered = (code: string) => Object.assign(new Error('You may not read tokens.'), { data: { code } });

describe('queryFailure', () => {
  it.each([
    ['UNAUTHORIZED', 'signed-out', true],
    ['FORBIDDEN', 'forbidden', true],
    ['NOT_FOUND', 'not-found', true],
    ['TIMEOUT', 'failed', false],
    ['INTERNAL_SERVER_ERROR', 'failed', false],
  ])('%s → %s', (code, kind, final) => {
    expect(queryFailure(answered(code)).kind).toBe(kind);
    expect(isFinal(answered(code))).toBe(final);
  });

  it('is unreachable when no answer came back', () => {
    expect(queryFailure(new TypeError('Failed to fetch'))).toEqual({ kind: 'unreachable' });
    expect(isFinal(new TypeError('Failed to fetch'))).toBe(false);
  });

  it('keeps the sentence of the server', () => {
    expect(queryFailure(answered('FORBIDDEN'))).toEqual({ kind: 'forbidden', message: 'You may not read tokens.' });
  });
});
