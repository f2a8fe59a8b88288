import type { SparkPoint } from '@/server/domain/health/flow-view';
import { ClickHouseFailure } from '@/server/store/clickhouse/client';
import { askFlowSparklines } from '@/server/queries/flow-sparklines';
import { readObservedMinutes } from '../ingest/observed-minutes';
import type { ServiceContext } from '../service-context';
import type { ActiveFlow } from './active-flows';

const MINUTE_MS = 60_000;
const POINTS = 60;

/** Sparklines by flow id; `available` is false when ClickHouse did not answer and every point is a gap. */
export interface Sparklines {
  available: boolean;
  byFlow: Map<string, SparkPoint[]>;
}

/**
 * The last hour per flow: messages that left its last hop, failed attempts on any hop. Minutes without facts are zeros
 * where receivers listened, and gaps where nobody did, before the first fact of the hour and after `completeThrough`.
 */
export async function readSparklines(context: ServiceContext, flows: readonly ActiveFlow[], completeThrough: Date | null): Promise<Sparklines> {
  const now = context.now().getTime();
  const runningMinute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const firstMinute = runningMinute - (POINTS - 1) * MINUTE_MS;
  const byFlow = new Map<string, SparkPoint[]>();
  let rows: Awaited<ReturnType<typeof askFlowSparklines>> | null = null;
  try {
    rows = await askFlowSparklines(context.clickhouse, { flowIds: flows.map(({ contract }) => contract.metadata.id), fromMs: firstMinute, toMs: now }, context.signal);
  } catch (error) {
    // The status of flows comes from Postgres and is still true: the page shows it with gaps and says why.
    if (!(error instanceof ClickHouseFailure)) throw error;
  }
  const observed = await readObservedMinutes(context.db, new Date(firstMinute));
  for (const { contract } of flows) {
    const minutes = minutesOf(contract.metadata.id, contract.spec.path.at(-1)!.id, rows ?? []);
    byFlow.set(contract.metadata.id, points(minutes, observed, { firstMinute, runningMinute, completeThrough: completeThrough?.getTime() ?? 0 }));
  }
  return { available: rows !== null, byFlow };
}

interface MinuteSums { leaves: number; failedAttempts: number }

function minutesOf(flowId: string, lastHopId: string, rows: readonly { flowId: string; hopId: string; minute: number; leaves: number; failedAttempts: number }[]): Map<number, MinuteSums> {
  const minutes = new Map<number, MinuteSums>();
  for (const row of rows) {
    if (row.flowId !== flowId) continue;
    const sums = minutes.get(row.minute * 1000) ?? { leaves: 0, failedAttempts: 0 };
    sums.failedAttempts += row.failedAttempts;
    if (row.hopId === lastHopId) sums.leaves += row.leaves;
    minutes.set(row.minute * 1000, sums);
  }
  return minutes;
}

function points(
  minutes: Map<number, MinuteSums>, observed: ReadonlySet<number>,
  { firstMinute, runningMinute, completeThrough }: { firstMinute: number; runningMinute: number; completeThrough: number },
): SparkPoint[] {
  const firstKnown = Math.min(...minutes.keys());
  // Whether anybody listens in the minute that has just begun is known only a moment later; until then, as in the one before.
  const isFilling = (start: number) => start === runningMinute && completeThrough >= start - MINUTE_MS && (observed.has(start) || observed.has(start - MINUTE_MS));
  return Array.from({ length: POINTS }, (_, i) => {
    const start = firstMinute + i * MINUTE_MS;
    const sums = minutes.get(start);
    const known = sums !== undefined || (start >= firstKnown && (isFilling(start) || (observed.has(start) && start < completeThrough)));
    return {
      minute: new Date(start).toISOString(),
      leaves: known ? (sums?.leaves ?? 0) : null,
      failedAttempts: known ? (sums?.failedAttempts ?? 0) : null,
      complete: start < runningMinute && start + MINUTE_MS <= completeThrough,
    };
  });
}
