import { setTimeout as pause } from 'node:timers/promises';
import type { Loader } from './load/loader';
import { SPANS_PER_REQUEST } from './load/requests';
import { cpuSecondsOf, peakMemoryOf } from './measure/processes';
import { ask } from './sides/clickhouse';
import type { Side } from './sides/side';

const POLL_MS = 50;
const GIVE_UP_MS = 300_000;
/** As many senders as a middling network has; each waits for its acknowledgement before it sends the next request. */
const CONNECTIONS = 16;

export interface RunFigures {
  spans: number;
  /** From the first request until every span can be read, from the rollups too where there are any. */
  wallSeconds: number;
  collectorCpuSeconds: number;
  databaseCpuSeconds: number;
  loaderCpuSeconds: number;
  ackP50Ms: number;
  ackP99Ms: number;
  retries: number;
  collectorPeakBytes: number;
  databasePeakBytes: number;
}

/**
 * Sends `requests` requests and waits until they are visible, after `warmUp` others that are not measured (code is
 * compiled, connections are open).
 */
export async function timedRun(side: Side, loader: Loader, counts: { warmUp: number; requests: number }): Promise<RunFigures> {
  const { pids } = side;
  const warmUpSpans = counts.warmUp * SPANS_PER_REQUEST;
  const spans = counts.requests * SPANS_PER_REQUEST;
  await loader.send({ url: side.tracesUrl, first: 0, end: counts.warmUp, connections: CONNECTIONS });
  await visible(side, warmUpSpans);

  const before = { collector: cpuSecondsOf(pids.collector), database: cpuSecondsOf(pids.database) };
  const start = performance.now();
  const sent = await loader.send({ url: side.tracesUrl, first: counts.warmUp, end: counts.warmUp + counts.requests, connections: CONNECTIONS });
  await visible(side, warmUpSpans + spans);
  const wallSeconds = (performance.now() - start) / 1000;
  const after = { collector: cpuSecondsOf(pids.collector), database: cpuSecondsOf(pids.database) };

  const figures = {
    spans,
    wallSeconds,
    collectorCpuSeconds: after.collector - before.collector,
    databaseCpuSeconds: after.database - before.database,
    loaderCpuSeconds: sent.cpuSeconds,
    ackP50Ms: sent.ackP50Ms,
    ackP99Ms: sent.ackP99Ms,
    retries: sent.retries,
    collectorPeakBytes: peakMemoryOf(pids.collector),
    databasePeakBytes: peakMemoryOf(pids.database),
  };
  await side.check(warmUpSpans + spans);
  return figures;
}

/** Waits until this many spans have arrived. */
async function visible(side: Side, spans: number): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const count = Number(await ask(side.clickhouseUrl, side.visibleSpansSql));
    if (count === spans) return;
    if (count > spans) throw new Error(`${count} spans have arrived, but only ${spans} were sent.`);
    if (performance.now() > deadline) throw new Error(`Only ${count} of ${spans} spans were visible after ${GIVE_UP_MS / 1000} s.`);
    await pause(POLL_MS);
  }
}
