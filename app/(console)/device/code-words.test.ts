import { expect, it } from 'vitest';
import { codeWords } from './code-words';

it('looks as in the terminal', () => {
  expect(['bcdfghjk', 'BCDF-GHJK', ' bcdf ghjk'].map(codeWords)).toEqual(['BCDF-GHJK', 'BCDF-GHJK', 'BCDF-GHJK']);
});
