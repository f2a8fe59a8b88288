import { expect, it } from 'vitest';
import { toldWords } from './notice-words';

it('names those who were told, in order', () => {
  expect(toldWords(['owner'])).toBe('the owner');
  expect(toldWords(['owner', 'role', 'admins'])).toBe('the owner, everybody who can act on it, and all administrators');
});
