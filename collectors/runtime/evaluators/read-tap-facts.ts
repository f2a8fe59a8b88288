import { channelId, channelPartition, type Channel } from '@/server/domain/contracts/channel';
import type { FlowContract, FlowHop } from '@/server/domain/contracts/flow-schema';
import type { ChannelFacts, HopTapFacts, SourceFacts } from '@/server/domain/health/backlog/tap-facts';
import { askChannelLooks, askNewestLooks } from '@/server/queries/channel-looks';
import { askNewestSourceSamples } from '@/server/queries/newest-source-samples';
import { askRecentFailures } from '@/server/queries/recent-failures';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { TappedSource } from './tapped-sources';

const MINUTE_MS = 60_000;
const HISTORY_MS = 65 * MINUTE_MS;
/** Looks of this age and younger are read one by one: two minutes, and the look that they begin with. */
const SINGLE_LOOKS_MS = 130_000;
/** Looks of this age and younger are read four a minute, so that counts over five minutes begin where they should. */
const QUARTERS_MS = 330_000;
const FAILURES_MS = 5 * MINUTE_MS;

/** Where the samples of a channel lie. */
interface Place {
  channelId: string;
  partition: string;
}

export type TapFactsOfHop = (flowId: string, hop: FlowHop) => HopTapFacts | null;

/** Reads what taps say of all hops at once: four bounded questions, however many flows there are; none where nothing is tapped. */
export async function readTapFacts(clickhouse: ClickHouse, flows: readonly FlowContract[], sources: ReadonlyMap<string, TappedSource>, nowMs: number): Promise<TapFactsOfHop> {
  const tapped = flows.flatMap(({ metadata, spec }) => spec.path.filter(({ channel }) => isTapped(channel, sources)).map((hop) => ({ flowId: metadata.id, hop })));
  if (tapped.length === 0) return () => null;
  const places = tapped.flatMap(({ hop }) => [placeOf(hop.channel), ...deadLetterPlace(hop.channel)]);
  const sourceIds = [...new Set(tapped.map(({ hop }) => hop.channel.source))];
  const window = { sourceIds, channelIds: [...new Set(places.map((place) => place.channelId))], toMs: nowMs };
  const [looks, newest, sourceSamples, failures] = await Promise.all([
    askChannelLooks(clickhouse, { ...window, fromMs: nowMs - HISTORY_MS, singlyMs: nowMs - SINGLE_LOOKS_MS, quartersMs: nowMs - QUARTERS_MS }),
    askNewestLooks(clickhouse, { ...window, fromMs: nowMs - HISTORY_MS }),
    askNewestSourceSamples(clickhouse, { sourceIds, fromMs: nowMs - HISTORY_MS, toMs: nowMs }),
    askRecentFailures(clickhouse, { fromMs: nowMs - FAILURES_MS, toMs: nowMs }),
  ]);
  const looksOf = new Map(looks.map((row) => [keyOf(row), row.looks]));
  const newestOf = new Map(newest.map((row) => [keyOf(row), row]));
  const sampleOf = new Map(sourceSamples.map((row) => [row.sourceId, row]));
  const hopsOfDeadLetters = countBy(tapped.flatMap(({ hop }) => deadLetterPlace(hop.channel).map(keyOf)));

  const channelFacts = (place: Place): ChannelFacts => {
    const known = newestOf.get(keyOf(place));
    return {
      channelId: place.channelId,
      looks: looksOf.get(keyOf(place)) ?? [],
      newest: known?.hasSucceeded ? { ...known.look, ...known.rest } : null,
      failing: known && (known.isFailing || !known.hasSucceeded) ? { at: known.lastMs, error: known.error } : null,
    };
  };
  const sourceFacts = (source: TappedSource): SourceFacts => {
    const known = sampleOf.get(source.id);
    return {
      ...source,
      newest: known?.hasSucceeded ? known.newest : null,
      failing: known && (known.isFailing || !known.hasSucceeded) ? { at: known.lastMs, error: known.error } : null,
    };
  };

  return (flowId, hop) => {
    const source = isTapped(hop.channel, sources);
    if (!source) return null;
    const [deadLetters] = deadLetterPlace(hop.channel);
    return {
      source: sourceFacts(source),
      channel: channelFacts(placeOf(hop.channel)),
      deadLetters: deadLetters ? {
        channel: channelFacts(deadLetters),
        hops: hopsOfDeadLetters.get(keyOf(deadLetters)) ?? 1,
        knownFailures: failures.filter((row) => row.channelId === deadLetters.channelId).reduce((sum, row) => sum + row.failures, 0),
      } : null,
      failures: failures.filter((row) => row.flowId === flowId && row.hopId === hop.id).map((row) => ({ reason: row.reason, count: row.failures })),
    };
  };
}

/** Routes are served, not waited in: nothing looks at them. */
function isTapped({ kind, source }: Channel, sources: ReadonlyMap<string, TappedSource>): TappedSource | null {
  return kind === 'route' ? null : (sources.get(source) ?? null);
}

function placeOf(channel: Channel): Place {
  return { channelId: channelId(channel), partition: channelPartition(channel) };
}

function deadLetterPlace(channel: Channel): Place[] {
  if (channel.kind !== 'queue' || !channel.deadLetter) return [];
  return [{ channelId: channelId({ kind: 'queue', source: channel.source, vhost: channel.vhost, name: channel.deadLetter.queue }), partition: '' }];
}

function keyOf({ channelId: id, partition }: Place): string {
  return `${id}\n${partition}`;
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
