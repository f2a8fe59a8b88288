import { describe, expect, it } from 'vitest';
import { minutesObserved } from './observed-minutes';

const MINUTE = 60_000;
const at = (minutes: number) => minutes * MINUTE;

describe('observed minutes', () => {
  it.each<[string, number | null, number | null, number | null, number[]]>([
    ['begin with the first whole minute of listening', at(10.5), at(13.2), null, [11, 12, 13]],
    ['begin at once when listening began with a minute', at(10), at(11), null, [10, 11]],
    ['go on after what was written down', at(10), at(13.9), at(12), [13]],
    ['are nothing new within a minute', at(10), at(13.9), at(13), []],
    ['leave out the time before a restart', at(20.1), at(21.5), at(12), [21]],
    ['are not known before one is complete', at(20.1), at(20.9), null, []],
    ['are not known while no receiver runs', null, null, at(3), []],
    ['are not known while a receiver does not say how far it is', at(3), null, null, []],
    ['do not go back with a clock', at(10), at(11), at(40), []],
  ])('%s', (_, observingSince, completeThrough, knownThrough, expected) => {
    expect(minutesObserved({ observingSince, completeThrough }, knownThrough)).toEqual(expected.map(at));
  });

  it('are written down for a day at most', () => {
    expect(minutesObserved({ observingSince: 0, completeThrough: at(100_000) }, null)).toHaveLength(1_440);
  });
});
