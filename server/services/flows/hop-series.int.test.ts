import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleOf } from '@/collectors/runtime/evaluators/tap-facts.builder';
import { backlogRow } from '@/collectors/runtime/taps/tap-rows';
import { handleRest } from '@/server/api/rest/handle-rest';
import { hopSeriesSchema } from '@/server/api/schemas/flows';
import { startWebUnderTest, type WebUnderTest } from '@/server/api/testing/web-process';
import type { HopPoint, SeriesRange } from '@/server/domain/health/series/hop-series';
import type { BacklogSample } from '@/server/domain/taps/facts';
import { askChannelSeries } from '@/server/queries/channel-series';
import { askHopLatencySeries } from '@/server/queries/hop-latency-series';
import { recordObservedMinutes } from '../ingest/observed-minutes';
import { flowContract, plantContracts, plantReceiverReport, plantSpans } from '../testing/planted';
import { readHopSeries } from './read-hop-series';

const MINUTE = 60_000;
/** Today: the partitions of what is planted are then within every retention. */
const RUNNING = Math.floor(Date.now() / MINUTE) * MINUTE;
const NOW = RUNNING + 32_000;
const ago = (minutes: number) => RUNNING - minutes * MINUTE;
let web: WebUnderTest;

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [flowContract('claims', { hops: ['capture', 'work'] }), flowContract('orders')]);
  await plantReceiverReport(web.db, NOW - 500, ago(3_000), new Date(NOW));
  // Listening for the last half hour, except ten to six minutes ago.
  await recordObservedMinutes(web.db, Array.from({ length: 30 }, (_, i) => ago(i)).filter((minute) => minute > ago(6) || minute < ago(10)));
});
afterAll(() => web.close());

const channelOf = (flowId: string) => `broker:queue:/:${flowId}.work`;
const look = (told: Partial<BacklogSample> & { sampleTime: number }, flowId = 'claims') => sampleOf({ sourceId: 'broker', channelId: channelOf(flowId), ...told });
const counters = (entered: bigint, left: bigint, epoch = 'boot-1') => ({ epoch, entered, delivered: left, left, redelivered: 0n });
const plantLooks = (samples: readonly BacklogSample[], fence = 1n) => web.clickhouse.insertRows('backlog_samples', samples.map((sample) => backlogRow(sample, fence)));
const plantLatency = (minute: number, told: { latency: Record<number, number>; version: number }) => web.clickhouse.insertRows('hop_latency_minute', [{
  Minute: minute / 1000, FlowId: 'claims', HopId: 'work', Messages: '1', MaxMs: '1', Lat: told.latency, Version: String(told.version),
}]);
const read = (told: { flowId?: string; hopId?: string; range?: SeriesRange } = {}) =>
  readHopSeries({ ...web.system, now: () => new Date(NOW) }, { flowId: 'claims', hopId: 'work', range: '1h', ...told });
const pointAt = (points: readonly HopPoint[], ms: number) => points.find(({ at }) => at === new Date(ms).toISOString());

describe('the looks at a channel', () => {
  const ask = (channelId: string, told: { fromMs?: number; bucketSeconds?: number; partition?: string } = {}) =>
    askChannelSeries(web.clickhouse, { sourceId: 'broker', channelId, partition: '', fromMs: ago(20), toMs: NOW, bucketSeconds: 60, ...told });

  it('are joined per bucket: the most, the oldest, and the totals at the last look of each epoch', async () => {
    const at = (second: number, told: Partial<BacklogSample>) => look({ sampleTime: ago(3) + second * 1000, ...told }, 'joined');
    await plantLooks([
      at(5, { waiting: 4n, oldestAgeMs: 9_000, ageMethod: 'rank', counters: counters(100n, 90n) }),
      at(10, { waiting: 2n ** 60n, oldestAgeMs: null, counters: counters(110n, 95n) }),
      at(30, { waiting: 1n, oldestAgeMs: 2_000, ageMethod: 'head', counters: counters(3n, 0n, 'boot-2') }),
      at(40, { ok: false, error: 'connection refused', waiting: null, inFlight: null, counters: null }),
    ]);
    expect(await ask(channelOf('joined'))).toEqual([{
      bucket: ago(3) / 1000, waiting: 2n ** 60n, oldestAgeMs: 9_000, ageMethod: 'rank',
      looks: [{ at: ago(3) + 10_000, epoch: 'boot-1', entered: 110n, left: 95n }, { at: ago(3) + 30_000, epoch: 'boot-2', entered: 3n, left: 0n }],
    }]);
  });

  it('count once when two collectors wrote them, by what the later lease holder saw', async () => {
    const samples = (waiting: bigint) => Array.from({ length: 24 }, (_, i) => look({ sampleTime: ago(2) + i * 5_000, waiting }, 'doubled'));
    await plantLooks(samples(5n), 2n);
    await plantLooks(samples(999_999n), 1n);
    expect((await ask(channelOf('doubled'))).map(({ bucket, waiting }) => [bucket * 1000, waiting])).toEqual([[ago(2), 5n], [ago(1), 5n]]);
  });

  it('leave a bucket out in which none succeeded, and tell null from zero', async () => {
    await plantLooks([
      look({ sampleTime: ago(4), waiting: 0n }, 'gaps'),
      look({ sampleTime: ago(3), ok: false, error: 'The user was refused.', waiting: null, counters: null }, 'gaps'),
      look({ sampleTime: ago(2), waiting: null, counters: { ...counters(1n, 1n), left: null } }, 'gaps'),
    ]);
    const rows = await ask(channelOf('gaps'));
    expect(rows.map(({ bucket, waiting, ageMethod }) => [bucket * 1000, waiting, ageMethod])).toEqual([[ago(4), 0n, null], [ago(2), null, null]]);
    expect(rows[1]?.looks).toEqual([{ at: ago(2), epoch: 'boot-1', entered: 1n, left: null }]);
  });

  it('are those of the one channel and share that were asked for', async () => {
    await plantLooks([look({ sampleTime: ago(1), partition: 'destination=billing', waiting: 7n }, 'shared'), look({ sampleTime: ago(1), partition: 'destination=erp', waiting: 9n }, 'shared')]);
    expect(await ask(channelOf('shared'))).toEqual([]);
    expect((await ask(channelOf('shared'), { partition: 'destination=billing' })).map(({ waiting }) => waiting)).toEqual([7n]);
  });
});

describe('latency over time', () => {
  it('has the newest version of each minute, and adds up the minutes of a bucket', async () => {
    const bucket = Math.floor(ago(100) / (5 * MINUTE)) * 5 * MINUTE;
    await plantLatency(bucket, { latency: { 200: 4 }, version: 1 });
    await plantLatency(bucket, { latency: { 200: 5 }, version: 2 });
    await plantLatency(bucket + MINUTE, { latency: { 200: 1, 260: 2 }, version: 1 });
    const rows = await askHopLatencySeries(web.clickhouse, { flowId: 'claims', hopId: 'work', fromMs: bucket, toMs: bucket + 5 * MINUTE - 1, bucketSeconds: 300 });
    expect(rows).toEqual([{ bucket: bucket / 1000, latency: new Map([[200, 6], [260, 2]]) }]);
  });
});

describe('the series of a hop', () => {
  it('counts spans exactly, with zeros where receivers listened and gaps where nobody did', async () => {
    const spans = (minute: number, leg: 'enter' | 'leave', count: number) => Array.from({ length: count }, (_, i) => ({ atMs: ago(minute) + i * 100, flowId: 'claims', hopId: 'work', leg }));
    await plantSpans(web.clickhouse, [
      ...spans(25, 'leave', 1), ...spans(12, 'enter', 40), ...spans(12, 'leave', 38), ...spans(8, 'leave', 7), ...spans(0, 'leave', 3),
      { atMs: ago(12), flowId: 'claims', hopId: 'work', leg: 'attempt', isError: true }, { atMs: ago(12), flowId: 'claims', hopId: 'work', leg: 'attempt' },
      { atMs: ago(12), flowId: 'claims', hopId: 'capture', leg: 'leave' }, { atMs: ago(12), flowId: 'orders', hopId: 'work', leg: 'leave' },
    ]);
    const { points, countedBy, bucketMs } = await read();
    expect([countedBy, bucketMs, points.length]).toEqual(['traces', MINUTE, 60]);
    expect(pointAt(points, ago(12))).toMatchObject({ enteredPerMinute: 40, leftPerMinute: 38, failedPerMinute: 1, complete: true });
    // Before the first span; while listening; while not, without and with a span; still filling.
    expect([26, 11, 9, 8, 0].map((minutes) => pointAt(points, ago(minutes))?.leftPerMinute)).toEqual([null, 0, null, 7, 3]);
    expect(points.at(-1)).toMatchObject({ at: new Date(RUNNING).toISOString(), complete: false });
    expect(points.filter(({ complete }) => !complete)).toHaveLength(1);
  });

  it('has what waited beside it, and no figure where nobody looked', async () => {
    await plantLooks([look({ sampleTime: ago(5), waiting: 12n, oldestAgeMs: 61_000, ageMethod: 'rank' }), look({ sampleTime: ago(4), waiting: 0n })]);
    const { points } = await read();
    expect([5, 4, 3].map((minutes) => pointAt(points, ago(minutes))).map((point) => [point?.waiting, point?.oldestAgeMs, point?.ageIsLowerBound]))
      .toEqual([['12', 61_000, true], ['0', 0, false], [null, null, false]]);
  });

  it('is told by the counters of the source where no span was received, beginning with the first bucket', async () => {
    const { points: { 0: first } } = await read({ flowId: 'orders' });
    const from = Date.parse(first!.at);
    await plantLooks([-1, 0, 1].map((minute) => look({ sampleTime: from + minute * MINUTE + 55_000, counters: counters(BigInt(1_000 + minute * 30), BigInt(900 + minute * 20)) }, 'untraced')));
    await plantContracts(web.db, [flowContract('untraced')]);
    const { points, countedBy } = await read({ flowId: 'untraced' });
    expect(countedBy).toBe('source');
    expect(points.slice(0, 3).map(({ enteredPerMinute, leftPerMinute, failedPerMinute }) => [enteredPerMinute, leftPerMinute, failedPerMinute])).toEqual([[30, 20, null], [30, 20, null], [null, null, null]]);
  });

  it.each<[SeriesRange, number, number]>([['1h', 60, MINUTE], ['6h', 360, MINUTE], ['24h', 288, 5 * MINUTE]])('of %s has %i buckets', async (range, count, bucketMs) => {
    const series = await read({ range });
    expect([series.points.length, series.bucketMs]).toEqual([count, bucketMs]);
    const minutes = bucketMs / MINUTE;
    const bucket = pointAt(series.points, Math.floor(ago(12) / bucketMs) * bucketMs);
    // 38 left in the one minute; in a longer bucket that is the mean of its known minutes.
    expect(bucket!.leftPerMinute! * minutes).toBeGreaterThanOrEqual(38);
  });

  it.each([
    ['a flow that does not exist', { flowId: 'nothing' }, /^Flow "nothing" was not found: no contract in force/],
    ['a hop that the contract does not name', { hopId: 'posting' }, /^Hop "posting" was not found: the contract of flow "claims" names "capture", "work"\.$/],
  ])('refuses %s', async (_, input, message) => {
    await expect(read(input)).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(message) });
  });

  it('is not there for somebody without a role', async () => {
    const nobody = { ...web.system, actor: { kind: 'user' as const, id: 'u', email: 'a@hospital.example', name: 'A', grants: [] } };
    await expect(readHopSeries(nobody, { flowId: 'claims', hopId: 'work', range: '1h' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('answers the same by tRPC and REST, the last hour unless asked for more', async () => {
    const get = (path: string) => handleRest(new Request(`http://signalbox.test/api/v1${path}`, { headers: { authorization: `Bearer ${web.tokens.viewer}` } }));
    const answer = hopSeriesSchema.parse(await (await get('/flows/claims/hops/work/series')).json());
    const called = await (await web.callerOf(web.tokens.viewer)).flows.hopSeries({ flowId: 'claims', hopId: 'work' });
    expect([answer.range, called.range]).toEqual(['1h', '1h']);
    const known = (points: readonly HopPoint[]) => new Map(points.map((point) => [point.at, point.leftPerMinute]));
    expect(known(answer.points).get(new Date(ago(12)).toISOString())).toBe(38);
    expect(known(called.points).get(new Date(ago(12)).toISOString())).toBe(38);
    expect((await get('/flows/claims/hops/work/series?range=24h')).status).toBe(200);
    expect((await get('/flows/claims/hops/work/series?range=2d')).status).toBe(400);
    expect((await get('/flows/claims/hops/none/series')).status).toBe(404);
  });
});
