import { describe, expect, it } from 'vitest';
import { judgeConservation, type PassedSince } from './conservation';

const look = (at: number, entered: number, reached: number, published = entered): PassedSince => ({ at: at * 1_000, entered, published, reached });
const judge = (looks: PassedSince[], slack = 0) => judgeConservation(looks, { lagMs: 7_000, slack });

describe('what enters a rerouted exchange and what reaches queues', () => {
  it.each<[string, PassedSince[], number, ReturnType<typeof judgeConservation>]>([
    ['nothing was looked at', [], 0, null],
    ['looked at for a moment', [look(0, 10, 0), look(13, 10, 0)], 0, null],
    ['all reached one', [look(0, 10, 10), look(14, 20, 20)], 0, null],
    ['totals of queues lag', [look(0, 10, 4), look(14, 30, 10)], 0, null],
    ['totals of the exchange lag', [look(0, 10, 25), look(14, 25, 40)], 0, null],
    ['one reached none', [look(0, 10, 9), look(14, 10, 9)], 0, { kind: 'missing', messages: 1, of: 10 }],
    ['as many as the beginning may have been late', [look(0, 10, 7), look(14, 10, 7)], 3, null],
    ['more than the beginning may have been late', [look(0, 10, 6), look(14, 10, 6)], 3, { kind: 'missing', messages: 4, of: 10 }],
    ['one reached two', [look(0, 10, 11), look(14, 10, 11)], 0, { kind: 'doubled', messages: 1, of: 11 }],
    ['others that nobody has to get entered, too', [look(0, 10, 10, 15), look(14, 10, 10, 15)], 0, null],
    ['a look long ago counts no more than one just old enough', [look(0, 10, 0), look(10, 10, 10), look(24, 10, 10)], 0, null],
  ])('%s', (_, looks, slack, expected) => {
    expect(judge(looks, slack)).toEqual(expected);
  });
});
