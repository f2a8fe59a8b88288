import { describe, expect, it } from 'vitest';
import { counted, durationInWords, shareInWords } from './words';

describe('numbers in words', () => {
  it.each([[-5, '0 ms'], [350, '350 ms'], [960, '1 s'], [2_400, '2.4 s'], [12_300, '12 s'], [60_000, '1 m'], [252_000, '4 m 12 s'], [3_599_900, '1 h'], [12_000_000, '3 h 20 m'], [190_000_000, '2 d 4 h']])('%d ms is %s', (ms, words) => {
    expect(durationInWords(ms)).toBe(words);
  });
  it.each([[0, '0 %'], [0.0005, 'under 0.1 %'], [0.005, '0.5 %'], [0.042, '4.2 %'], [0.31, '31 %'], [0.998, 'over 99 %'], [1, '100 %']])('%d is %s', (share, words) => {
    expect(shareInWords(share)).toBe(words);
  });
  it('counts', () => {
    expect([counted(1, 'message'), counted(1204, 'message')]).toEqual(['1 message', '1,204 messages']);
  });
});
