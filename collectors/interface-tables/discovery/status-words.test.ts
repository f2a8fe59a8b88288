import { describe, expect, it } from 'vitest';
import { guessStatuses } from './status-words';

const meanings = (values: string[], defaultValue: string | null = null) => Object.fromEntries(guessStatuses(values, defaultValue).guesses.map(({ meaning, value }) => [meaning, value]));

describe('what status values mean', () => {
  it.each([
    [['N', 'P', 'C', 'E'], null, { pending: 'N', inProgress: 'P', done: 'C', error: 'E' }],
    [['new', 'in progress', 'done', 'failed', 'on-hold'], null, { pending: 'new', inProgress: 'in progress', done: 'done', error: 'failed', held: 'on-hold' }],
    [['P', 'S', 'F'], null, { pending: 'P', done: 'S', error: 'F' }],
    [['P', 'N', 'Y'], 'P', { pending: 'P', done: 'Y' }],
    [['INIT', 'SENT', 'ERROR'], 'INIT', { pending: 'INIT', done: 'SENT', error: 'ERROR' }],
    [['ERROR', 'SENT'], 'ERROR', { done: 'SENT', error: 'ERROR' }],
    [['RELEASED', 'ACKNOWLEDGED'], null, {}],
    [[], 'N', {}],
  ])('%j with default %j', (values, defaultValue, expected) => {
    expect(meanings(values, defaultValue)).toEqual(expected);
  });

  it('names every value that no word explains', () => {
    expect(guessStatuses(['N', 'C', '7', 'ARCHIVED'], null).unknown).toEqual(['7', 'ARCHIVED']);
  });
});
