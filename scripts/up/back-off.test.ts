import { expect, test } from 'vitest';
import { BACK_OFF, restartDelayMs } from './back-off';

test('delays double from half a second to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => restartDelayMs(BACK_OFF, failures))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});
