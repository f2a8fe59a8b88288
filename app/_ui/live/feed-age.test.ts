import { describe, expect, it } from 'vitest';
import { feedAge, latest } from './feed-age';

const asOf = '2026-03-14T12:00:10.000Z';

describe('feedAge', () => {
  it('grows while no new answer arrives', () => {
    expect(feedAge({ asOf, evaluatedAt: asOf, answeredAt: 1_000 }, 17_000)).toBe(16_000);
  });

  it('adds how old the facts already were when the server answered', () => {
    expect(feedAge({ asOf, evaluatedAt: '2026-03-14T11:59:50.000Z', answeredAt: 1_000 }, 2_000)).toBe(21_000);
  });

  it('does not depend on the browser clock agreeing with the server', () => {
    const browser = Date.parse(asOf) + 3_600_000;
    expect(feedAge({ asOf, evaluatedAt: asOf, answeredAt: browser }, browser + 500)).toBe(500);
  });

  it('counts only the time on the screen when nothing was judged', () => {
    expect(feedAge({ asOf, evaluatedAt: null, answeredAt: 0 }, 400)).toBe(400);
  });
});

describe('latest', () => {
  it('finds the newest instant', () => {
    expect(latest(['2026-03-14T12:00:00Z', '2026-03-14T12:00:02Z', '2026-03-14T12:00:01Z'])).toBe('2026-03-14T12:00:02Z');
    expect(latest([])).toBeNull();
  });
});
