import { describe, expect, it } from 'vitest';
import { enrolledAt, enrolmentWords, isEnrolled, reroutedWhose } from './enrolment';

const NOW = new Date('2026-11-27T23:59:59Z');
const enrolments = [
  { payer: 'aetna', from: '2026-01-01' },
  { payer: 'cigna', facility: 'north', from: '2026-11-27', until: '2026-11-27' },
  { payer: 'humana', from: '2026-11-28' },
  { facility: 'south', from: '2026-01-01', until: '2026-11-26' },
];

describe('who is enrolled at an alternate', () => {
  it('is everybody where the contract lists nobody', () => {
    expect(enrolledAt({}, NOW)).toBeNull();
    expect(isEnrolled(null, { payer: '', facility: '' })).toBe(true);
    expect(enrolmentWords({}, NOW)).toEqual([]);
  });

  it('is who stands in an entry of that day, the first and the last day included', () => {
    expect(enrolledAt({ enrolments }, NOW)).toEqual([{ payer: 'aetna' }, { payer: 'cigna', facility: 'north' }]);
    expect(enrolmentWords({ enrolments }, NOW)).toEqual(['payer aetna since 2026-01-01', 'payer cigna at facility north since 2026-11-27 until 2026-11-27']);
  });

  it.each([
    [{ payer: 'aetna', facility: '' }, true],
    [{ payer: 'cigna', facility: 'north' }, true],
    [{ payer: 'cigna', facility: 'south' }, false],
    [{ payer: '', facility: 'north' }, false],
    [{ payer: 'humana', facility: 'north' }, false],
  ])('%o: %s', (message, is) => expect(isEnrolled(enrolledAt({ enrolments }, NOW), message)).toBe(is));
});

describe('whose messages were rerouted', () => {
  it.each([
    [null, null, null],
    [{ payer: 'aetna' }, null, [{ payer: 'aetna' }]],
    [null, [{ payer: 'aetna' }], [{ payer: 'aetna' }]],
    [{ payer: 'aetna' }, [{ payer: 'aetna', facility: 'north' }, { payer: 'cigna' }, { facility: 'south' }], [{ payer: 'aetna', facility: 'north' }, { payer: 'aetna', facility: 'south' }]],
    [{ facility: 'north' }, [{ payer: 'aetna' }, { facility: 'south' }], [{ payer: 'aetna', facility: 'north' }]],
    [{ payer: 'humana' }, [{ payer: 'aetna' }], []],
    [null, [], []],
  ])('only %o of enrolled %o: %o', (only, enrolled, whose) => expect(reroutedWhose(only, enrolled)).toEqual(whose));
});
