import { describe, expect, it } from 'vitest';
import { measurePace } from './pace';

describe('the pace of a release', () => {
  it('is known once looks span the window, and then is that of the window', () => {
    const pace = measurePace(10_000);
    const at = (second: number, messages: number) => pace.add({ at: second * 1000, messages });
    expect(at(0, 100)).toEqual({ passed: 0, perSecond: null });
    expect(at(9, 145)).toEqual({ passed: 45, perSecond: null });
    expect(at(10, 150)).toEqual({ passed: 50, perSecond: 5 });
    // Ten seconds before lies the look at 9 s.
    expect(at(19, 155)).toEqual({ passed: 55, perSecond: 1 });
    expect(at(30, 155)).toEqual({ passed: 55, perSecond: 0 });
  });
});
