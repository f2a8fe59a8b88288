import { describe, expect, it } from 'vitest';
import type { OpenState, TableQuestion } from '../dialect';
import { MOST_FAILED, MOST_OPEN, followedStates } from './followed-states';

const question: TableQuestion = {
  schema: 'erp', table: 'orders', key: ['id'], statusColumn: 'status', statuses: { pending: 'N', error: 'E' }, done: 'C',
  createdAt: null, updatedAt: null, shares: [], hasRowVersions: true,
};
const counts = (rows: Partial<Record<OpenState, number>>) => Object.entries(rows).map(([state, count]) => ({ state: state as OpenState, rows: BigInt(count), shares: [] }));

describe('which rows are followed one by one', () => {
  it.each([
    ['all, up to the limit', { pending: MOST_OPEN - MOST_FAILED, error: MOST_FAILED }, ['pending', 'error']],
    ['only failed ones of very many', { pending: MOST_OPEN, error: 1 }, ['error']],
    ['none when too many failed', { pending: 1, error: MOST_FAILED + 1 }, []],
  ])('%s', (_, rows, expected) => expect(followedStates(question, counts(rows))).toEqual(expected));

  it('none without a key, and none of too many that cannot fail', () => {
    expect(followedStates({ ...question, key: [] }, counts({ pending: 1 }))).toEqual([]);
    expect(followedStates({ ...question, statuses: { pending: 'N' } }, counts({ pending: MOST_OPEN + 1 }))).toEqual([]);
  });
});
