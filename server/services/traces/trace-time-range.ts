import { askTraceTimeRange } from '@/server/queries/trace-time-range';
import { Refusal } from '../refusal';
import type { ServiceContext } from '../service-context';

/** A trace that spans more than this is a reused or sentinel id, not one journey. */
const LONGEST_TRACE_S = 7 * 24 * 3600;

/** Where in time the spans of a trace lie, in whole seconds. Throws Refusal not-found when none was received. */
export async function traceTimeRange(context: ServiceContext, traceId: string): Promise<{ fromS: number; toS: number }> {
  const [range] = await askTraceTimeRange(context.clickhouse, { traceId }, context.signal);
  if (!range) throw new Refusal('not-found', `Trace ${traceId} was not found. It may be older than the retention of spans, or not received yet.`);
  if (range.toS - range.fromS > LONGEST_TRACE_S) {
    throw new Refusal('invalid', `Trace ${traceId} spans more than 7 days. The sender probably uses one trace id for many journeys.`);
  }
  return range;
}
