import { expect, it } from 'vitest';
import { throughputSeries } from './throughput-series';

it('keeps gaps, and joins the filling minute to the last complete one', () => {
  const minute = (index: number) => `2026-03-14T12:0${index}:00.000Z`;
  const series = throughputSeries([
    { minute: minute(0), leaves: 10, failedAttempts: 0, complete: true },
    { minute: minute(1), leaves: null, failedAttempts: null, complete: true },
    { minute: minute(2), leaves: 0, failedAttempts: 3, complete: true },
    { minute: minute(3), leaves: 4, failedAttempts: 1, complete: false },
  ]);
  expect(series.map(({ left }) => left)).toEqual([10, null, 0, null]);
  expect(series.map(({ filling }) => filling)).toEqual([null, null, 0, 4]);
  expect(series.map(({ failed }) => failed)).toEqual([0, null, 3, 1]);
  expect(series[3]!.at).toBe(Date.parse(minute(3)));
});
