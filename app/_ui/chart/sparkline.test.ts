import { describe, expect, it } from 'vitest';
import type { SparkPoint } from '@/server/domain/health/flow-view';
import { sparklineShape } from './sparkline-shape';
import { sparklineWords } from './sparkline-words';

const point = (leaves: number | null, failedAttempts: number | null = 0, complete = true): SparkPoint => ({
  minute: '2026-03-14T12:00:00Z',
  leaves,
  failedAttempts,
  complete,
});

describe('sparklineShape', () => {
  it('breaks the line where facts are missing', () => {
    const shape = sparklineShape([point(1), point(2), point(null), point(4), point(4)], 40, 10);
    expect(shape.lines).toEqual(['M0 7L10 5', 'M30 1L40 1']);
    expect(shape.filling).toBeNull();
  });

  it('draws a zero as a line on the floor, not as a gap', () => {
    expect(sparklineShape([point(4), point(0), point(4)], 20, 10).lines).toEqual(['M0 1L10 9L20 1']);
  });

  it('keeps the minute that is still filling apart', () => {
    const shape = sparklineShape([point(4), point(4), point(1, 0, false)], 20, 10);
    expect(shape.lines).toEqual(['M0 1L10 1']);
    expect(shape.filling).toBe('M10 1L20 7');
  });

  it('shows a lonely minute as a dot', () => {
    expect(sparklineShape([point(null), point(4), point(null)], 20, 10)).toMatchObject({
      lines: [],
      dots: [{ x: 10, y: 1 }],
    });
  });

  it('stands failed attempts on the floor, on the same scale', () => {
    expect(sparklineShape([point(4, 4), point(4, 0)], 10, 10).failures).toEqual([{ x: -1, y: 1, width: 2, height: 9 }]);
  });
});

describe('sparklineWords', () => {
  it('says what the picture shows', () => {
    expect(sparklineWords([point(1200, 2), point(0), point(null), point(40), point(7, 1, false)])).toBe(
      'Messages per minute over 5 minutes: now 40, lowest 0, highest 1,200, 3 failed attempts, facts missing for 1 minute',
    );
  });

  it('says when there is nothing to show', () => {
    expect(sparklineWords([point(null), point(null)])).toBe('No facts in the last 60 minutes');
  });
});
