import { describe, expect, it } from 'vitest';
import { byUse, clockWords } from './description-words';

describe('clock difference', () => {
  it.each([
    [null, 'the source does not tell its time'],
    [-120, 'none worth mentioning'],
    [2_100, '2.1 s ahead of ours'],
    [-90_000, '1 m 30 s behind ours'],
  ])('%s', (differenceMs, words) => expect(clockWords(differenceMs)).toBe(words));
});

it('groups permissions by what they are for', () => {
  const finding = (use: 'observe' | 'pause', permission: string) => ({ for: use, permission, granted: true, note: '' });
  const groups = byUse([finding('observe', 'a'), finding('pause', 'b'), finding('observe', 'c')]);
  expect(groups.map(([use, findings]) => [use, findings.map(({ permission }) => permission)])).toEqual([['observe', ['a', 'c']], ['pause', ['b']]]);
});
