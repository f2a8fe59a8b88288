/** What an act on a channel reaches: the messages that wait there, and those that may arrive twice. */
import { extentOf, type Touched } from '@/server/domain/operations/extent';
import type { Waiting } from '@/server/domain/operations/hold-budget';
import type { ConnectorPlan, Extent } from '@/server/domain/operations/plan';
import { askNewestOnChannel } from '@/server/queries/replay-candidates';
import type { Engine } from '../engine';
import type { LeverTarget } from '../levers';

const MOST_LOOKED_AT = 50_000;
const COPIES_WINDOW_MS = 14 * 86_400_000;

type Counts = Pick<ConnectorPlan, 'waiting' | 'unsettled'>;

/** The newest copies on the channel, as many as wait: the ones that wait, as far as the tap saw them. */
export async function waitingMessages({ clickhouse, now }: Engine, { channel, channelId, flow }: LeverTarget, act: Counts, signal: AbortSignal): Promise<(Touched & Waiting)[]> {
  const waiting = BigInt(act.waiting ?? 0) + BigInt(act.unsettled ?? 0);
  if (waiting <= 0n) return [];
  const toMs = now().getTime();
  return askNewestOnChannel(clickhouse, { sourceId: channel.source, channelId, flowId: flow.metadata.id, fromMs: toMs - COPIES_WINDOW_MS, toMs, limit: waiting > BigInt(MOST_LOOKED_AT) ? MOST_LOOKED_AT : Number(waiting) }, signal);
}

export function reached(messages: string | null, touched: readonly Touched[]): Extent {
  return extentOf(touched, messages, touched.length === 0 && messages !== '0' ? 'No copies of the waiting messages are known, so their cases and amounts are not.' : '');
}

/** @param touched those that wait, or of several channels those of each that are taken and not settled */
export function possiblyTwice({ unsettled }: Counts, touched: readonly Touched[]): Extent | null {
  if (unsettled === null || unsettled === '0') return null;
  return extentOf(touched.slice(0, Number(unsettled)), unsettled, 'Taken and not settled: whether they were processed is not known.');
}
