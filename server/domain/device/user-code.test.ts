import { expect, it } from 'vitest';
import { readUserCode, userCodeFrom } from './user-code';

it('is made of consonants, and read however it is typed', () => {
  const code = userCodeFrom(Uint8Array.from([255, 0, 19, 20, 239, 240, 1, 2, 3, 4, 5]));
  expect(code).toBe('BZBZ-CDFG');
  expect(['bzbz-cdfg', ' BZBZ CDFG ', 'BZBZCDFG'].map(readUserCode)).toEqual([code, code, code]);
});

it.each(['', 'BZBZ', 'BZBZ-CDFA', 'BZBZ-CDF1', 'BZBZ-CDFGG'])('takes %j for no code', (typed) => {
  expect(readUserCode(typed)).toBeNull();
});
