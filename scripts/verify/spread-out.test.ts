import { expect, it } from 'vitest';
import { spreadOut } from './spread-out';

const spread = (items: string) => spreadOut([...items], (item) => item === item.toUpperCase()).join('');

it('begins with three long ones, and spreads the others among the short ones, each in its order', () => {
  expect(spread('abcdefghABCDE')).toBe('ABCabcDdefEgh');
});

it('keeps all when there are few or none of a kind', () => {
  expect(spread('aAbBcCD')).toBe('ABCabcD');
  expect(spread('aABCDE')).toBe('ABCaDE');
  expect(spread('abc')).toBe('abc');
  expect(spread('')).toBe('');
});
