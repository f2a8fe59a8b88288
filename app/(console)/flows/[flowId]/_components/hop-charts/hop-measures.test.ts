import { describe, expect, it } from 'vitest';
import type { HopPoint, HopSeries } from '@/server/domain/health/series/hop-series';
import { hopCharts } from './hop-measures';

const GAP: Omit<HopPoint, 'at'> = {
  complete: true, enteredPerMinute: null, leftPerMinute: null, failedPerMinute: null, p50Ms: null, p95Ms: null, waiting: null, oldestAgeMs: null, ageIsLowerBound: false,
};
const START = Date.UTC(2026, 2, 14, 12);
const series = (points: Partial<HopPoint>[], told: Partial<HopSeries> = {}): HopSeries => ({
  flowId: 'claims', hopId: 'work', range: '1h', bucketMs: 60_000, asOf: '2026-03-14T12:03:30.000Z', countedBy: 'traces',
  points: points.map((point, minute) => ({ at: new Date(START + minute * 60_000).toISOString(), ...GAP, ...point })), ...told,
});
const valuesOf = ({ measures }: { measures: readonly { name: string; values: readonly unknown[] }[] }) => Object.fromEntries(measures.map(({ name, values }) => [name, values]));

describe('the charts of a hop', () => {
  it('keep gaps as gaps and zeros as zeros', () => {
    const { throughput, latency, backlog, buckets } = hopCharts(series([
      { enteredPerMinute: 31, leftPerMinute: 30, failedPerMinute: 2, p50Ms: 120, p95Ms: 900, waiting: '4', oldestAgeMs: 61_000 },
      {},
      { enteredPerMinute: 0, leftPerMinute: 0, failedPerMinute: 0, waiting: '0', oldestAgeMs: 0, complete: false },
    ]));
    expect(buckets).toEqual({ starts: [START, START + 60_000, START + 120_000], bucketMs: 60_000 });
    expect(valuesOf(throughput)).toEqual({ In: [31, null, 0], Out: [30, null, 0], 'Failed attempts': [2, null, 0] });
    expect(valuesOf(latency)).toEqual({ p50: [120, null, null], p95: [900, null, null] });
    expect(valuesOf(backlog)).toEqual({ Waiting: [4, null, 0], Oldest: [61_000, null, 0] });
  });

  it('write exact counts, units, and a lower bound as one', () => {
    const { throughput, latency, backlog } = hopCharts(series([
      { leftPerMinute: 1.25, p95Ms: 4_200, waiting: '9007199254740993', oldestAgeMs: 300_000, ageIsLowerBound: true }, { waiting: '3' },
    ]));
    const texts = (index: number) => [...throughput.measures, ...latency.measures, ...backlog.measures].map(({ name, textOf }) => `${name} ${textOf(index)}`);
    expect(texts(0)).toEqual(['In –', 'Out 1.3/min', 'Failed attempts –', 'p50 –', 'p95 4.2 s', 'Waiting 9,007,199,254,740,993', 'Oldest at least 5 m']);
    expect(texts(1).slice(-2)).toEqual(['Waiting 3', 'Oldest –']);
  });

  it('are still filling from the first bucket whose traces may still come in', () => {
    const points = [{ complete: true }, { complete: true }, { complete: false }, { complete: false }];
    const { throughput, latency, backlog } = hopCharts(series(points));
    expect([throughput.fillingFrom, latency.fillingFrom, backlog.fillingFrom]).toEqual([2, 2, 3]);
  });

  it('do not wait for traces where the source counts', () => {
    expect(hopCharts(series([{ complete: false }, { complete: false }], { countedBy: 'source' })).throughput.fillingFrom).toBe(1);
  });

  it('are not known where every figure is a gap', () => {
    const { throughput, latency, backlog } = hopCharts(series([{}, { waiting: '0' }]));
    expect([throughput.isKnown, latency.isKnown, backlog.isKnown]).toEqual([false, false, true]);
  });
});
