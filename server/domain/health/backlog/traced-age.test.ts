import { describe, expect, it } from 'vitest';
import { inFlight, latencies, NOW } from '../flow-facts.builder';
import { channel } from './tap-facts.builder';
import { withTracedAge } from './traced-age';

const look = (more = {}) => ({ ...channel({ waiting: 200 }).newest!, inFlight: 0n, ageMethod: 'unknown' as const, oldestAgeMs: null, ageNote: 'No timestamps.', ...more });
const traced = (count: number, more = {}) => inFlight({ waitingAge: latencies([90_000, count]), oldestWaitingAt: NOW - 90_000, ...more });

describe('the age by traces', () => {
  it('stands where the source cannot tell one and both agree on what waits', () => {
    expect(withTracedAge(look(), traced(200), NOW)).toMatchObject({ oldestAgeMs: 90_000, ageMethod: 'traced', ageNote: '' });
  });

  it('is better than a lower bound', () => {
    expect(withTracedAge(look({ ageMethod: 'rank', oldestAgeMs: 4_000 }), traced(199), NOW)).toMatchObject({ oldestAgeMs: 90_000, ageMethod: 'traced' });
  });

  it('counts what was taken and is not finished as waiting, as traces do', () => {
    expect(withTracedAge(look({ waiting: 150n, inFlight: 50n }), traced(200), NOW).ageMethod).toBe('traced');
  });

  it.each([
    ['fewer messages have spans than wait', traced(195)],
    ['more seem to wait than do: some were dead-lettered or lost', traced(206)],
    ['message ids never match', traced(200, { matched: 0 })],
    ['no spans are received', null],
  ])('is not believed when %s', (_, spans) => {
    expect(withTracedAge(look(), spans, NOW)).toEqual(look());
  });

  it.each([
    ['the head of the queue carries a timestamp', { ageMethod: 'head', oldestAgeMs: 80_000 }],
    ['the table knows its oldest row', { ageMethod: 'row', oldestAgeMs: 80_000 }],
    ['nothing waits', { waiting: 0n }],
    ['what waits is not known', { waiting: null }],
  ])('is not needed when %s', (_, more) => {
    expect(withTracedAge(look(more), traced(200), NOW)).toEqual(look(more));
  });
});
