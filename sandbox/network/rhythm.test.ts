import { describe, expect, it } from 'vitest';
import { gapMs, volumeShare } from './rhythm';

// Chicago is UTC-6 in January.
const atHospitalHour = (hour: number, minute = 0) => new Date(Date.UTC(2026, 0, 14, hour + 6, minute));

describe('daily rhythm', () => {
  it('is busiest in the morning and quietest after midnight', () => {
    expect(volumeShare(atHospitalHour(9))).toBe(1);
    expect(volumeShare(atHospitalHour(2))).toBe(0.4);
  });

  it('moves steadily between full hours', () => {
    expect(volumeShare(atHospitalHour(6, 30))).toBeCloseTo(0.72, 5);
  });

  it('never falls below 40 % of the busiest hour', () => {
    for (let minute = 0; minute < 24 * 60; minute += 10) {
      expect(volumeShare(atHospitalHour(0, minute))).toBeGreaterThanOrEqual(0.4);
    }
  });

  it('turns volume into the gap between two messages', () => {
    expect(gapMs(60, atHospitalHour(9))).toBe(1_000);
    expect(gapMs(60, atHospitalHour(2))).toBe(2_500);
  });
});
