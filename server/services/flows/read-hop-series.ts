import { channelId, channelPartition } from '@/server/domain/contracts/channel';
import type { FlowHop } from '@/server/domain/contracts/flow-schema';
import { hopPoints, type SeriesFacts } from '@/server/domain/health/series/hop-points';
import type { HopSeries, SeriesRange } from '@/server/domain/health/series/hop-series';
import { seriesWindow, type SeriesWindow } from '@/server/domain/health/series/series-window';
import { askChannelSeries } from '@/server/queries/channel-series';
import { askFirstHopMinute } from '@/server/queries/first-hop-minute';
import { askHopLatencySeries } from '@/server/queries/hop-latency-series';
import { askHopMinutes } from '@/server/queries/hop-minutes';
import { readObservedMinutes } from '../ingest/observed-minutes';
import { readIngestProgress } from '../ingest/read-ingest-progress';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { loadActiveFlows } from './active-flows';

/** A hop that was silent for longer than this is one that nobody has heard of. */
const LONGEST_SILENCE_MS = 7 * 24 * 3_600_000;

/**
 * Throughput, errors, latency and backlog of one hop over a window that ends now. Figures are of the whole flow for
 * everybody who may read it.
 *
 * @throws Refusal not-found (flow or hop, also without the permission); ClickHouseFailure
 */
export async function readHopSeries(context: ServiceContext, { flowId, hopId, range }: { flowId: string; hopId: string; range: SeriesRange }): Promise<HopSeries> {
  authorize(context, 'flows:read', `Flow "${flowId}"`);
  const hop = await findHop(context, flowId, hopId);
  const now = context.now();
  const window = seriesWindow(range, now.getTime());
  const [traced, tapped] = await Promise.all([readTraced(context, flowId, hopId, window), readTapped(context, hop, window)]);
  return { flowId, hopId, range, bucketMs: window.bucketMs, asOf: now.toISOString(), ...hopPoints(window, { ...traced, ...tapped }) };
}

async function findHop({ db }: ServiceContext, flowId: string, hopId: string): Promise<FlowHop> {
  const flow = (await loadActiveFlows(db)).find(({ contract }) => contract.metadata.id === flowId);
  if (!flow) throw new Refusal('not-found', `Flow "${flowId}" was not found: no contract in force has this id.`);
  const { path } = flow.contract.spec;
  const hop = path.find(({ id }) => id === hopId);
  if (!hop) throw new Refusal('not-found', `Hop "${hopId}" was not found: the contract of flow "${flowId}" names ${path.map(({ id }) => `"${id}"`).join(', ')}.`);
  return hop;
}

async function readTraced({ db, clickhouse, signal }: ServiceContext, flowId: string, hopId: string, { fromMs, toMs, bucketMs }: SeriesWindow): Promise<Pick<SeriesFacts, 'minutes' | 'latency' | 'listening'>> {
  const asked = { flowId, hopId, fromMs, toMs };
  const [minutes, first, latency, observed, progress] = await Promise.all([
    askHopMinutes(clickhouse, asked, signal),
    askFirstHopMinute(clickhouse, { ...asked, fromMs: Math.max(0, toMs - LONGEST_SILENCE_MS) }, signal),
    askHopLatencySeries(clickhouse, { ...asked, bucketSeconds: bucketMs / 1000 }, signal),
    readObservedMinutes(db, new Date(fromMs)),
    readIngestProgress(db, new Date(toMs)),
  ]);
  return {
    minutes: minutes.map(({ minute, ...counts }) => ({ start: minute * 1000, ...counts })),
    latency: latency.map((row) => ({ start: row.bucket * 1000, histogram: row.latency })),
    listening: { observed, completeThrough: progress.completeThrough, firstFact: first[0]?.firstMs ?? null },
  };
}

/** Routes are served, not waited in: nothing looks at them. */
async function readTapped({ clickhouse, signal }: ServiceContext, { channel }: FlowHop, { fromMs, toMs, bucketMs }: SeriesWindow): Promise<Pick<SeriesFacts, 'waiting' | 'counted'>> {
  if (channel.kind === 'route') return { waiting: [], counted: [] };
  // One bucket more than is shown, whose last look the first shown one is counted from.
  const asked = { sourceId: channel.source, channelId: channelId(channel), partition: channelPartition(channel), fromMs: Math.max(0, fromMs - bucketMs), toMs, bucketSeconds: bucketMs / 1000 };
  const rows = await askChannelSeries(clickhouse, asked, signal);
  return { waiting: rows.map(({ bucket, looks: _, ...known }) => ({ start: bucket * 1000, ...known })), counted: rows.flatMap(({ looks }) => looks) };
}
