/** Brings what taps see into ClickHouse. One for the process; each tap writes through a sink of its own with its fence. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BacklogSample, FailedMessage, SourceSample, TapMessage } from '@/server/domain/taps/facts';
import { ClickHouseFailure, type ClickHouse } from '@/server/store/clickhouse/client';
import { resolveFailures } from '@/server/store/clickhouse/resolve-failures';
import { saysRowIsWrong } from '@/server/store/clickhouse/row-refusal';
import { BACKLOG_SAMPLES, FAILED_MESSAGES, SOURCE_SAMPLES, TAP_MESSAGES } from '@/server/store/clickhouse/tap-tables';
import type { IngestCounter } from '../ingest/ingest-counter';
import type { TapSink } from './connector';
import { backlogRow, failedRow, failureVersion, sourceRow, tapRow } from './tap-rows';

type Row = Record<string, unknown>;

/** About ten minutes of 1,000 queues every five seconds. */
const MOST_BUFFERED = 120_000;
const ROWS_PER_INSERT = 10_000;
const FLUSH_MS = 200;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Who writes: samples and messages of a tap that lost its lease are not written any more. */
export interface SinkOwner {
  fence: bigint;
  isHeld(): boolean;
  signal: AbortSignal;
}

export interface TapStore {
  sinkFor(sourceId: string, owner: SinkOwner): TapSink;
  state(): { bufferedSamples: number; failingSince: number | null; lastError: string | null };
  /** Writes what is buffered, at most for the given time. */
  stop(graceMs: number): Promise<void>;
}

interface Buffered { table: string; row: Row; sourceId: string }

export function startTapStore({ clickhouse, counter }: { clickhouse: ClickHouse; counter: Pick<IngestCounter, 'add'> }): TapStore {
  let buffer: Buffered[] = [];
  let failingSince: number | null = null;
  let lastError: string | null = null;
  const stopping = new AbortController();

  function succeeded(): void {
    failingSince = null;
    lastError = null;
  }
  function failed(error: unknown): void {
    failingSince ??= Date.now();
    lastError = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  }

  function keep(entries: readonly Buffered[]): void {
    const room = Math.max(0, MOST_BUFFERED - buffer.length);
    buffer.push(...entries.slice(0, room));
    for (const { sourceId } of entries.slice(room)) counter.add('tap-samples-dropped', sourceId, 1);
  }

  async function flush(): Promise<void> {
    const batch = buffer.slice(0, ROWS_PER_INSERT);
    // What is written twice replaces itself: nothing is lost or doubled when the engine dies between the tables.
    for (const [table, entries] of grouped(batch)) await insert(table, entries);
    buffer = buffer.slice(batch.length);
  }

  /** A row that ClickHouse refuses for good is found by halving, counted, and does not stop the others. */
  async function insert(table: string, entries: readonly Buffered[]): Promise<void> {
    try {
      await clickhouse.insertRows(table, entries.map(({ row }) => row));
    } catch (error) {
      if (!(error instanceof ClickHouseFailure) || !saysRowIsWrong(error)) throw error;
      if (entries.length === 1) {
        counter.add('tap-undecodable', `${entries[0]!.sourceId}/${table} refused by ClickHouse (error ${error.code})`, 1);
        return;
      }
      const middle = Math.ceil(entries.length / 2);
      await insert(table, entries.slice(0, middle));
      await insert(table, entries.slice(middle));
    }
  }

  const loop = (async () => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      try {
        await flush();
        succeeded();
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        failed(error);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      await pause(failingSince === null ? FLUSH_MS : pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  /** Tries again until the rows are in, or the tap has ended. */
  async function insertSoon(table: string, entries: readonly Buffered[], owner: SinkOwner): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; entries.length > 0; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      if (!owner.isHeld()) throw new Error('The tap has ended; nothing was written.');
      try {
        return await insert(table, entries);
      } catch (error) {
        if (!(error instanceof ClickHouseFailure)) throw error;
        failed(error);
        await pause(pauseMs, undefined, { signal: owner.signal }).catch(() => undefined);
      }
    }
  }

  return {
    sinkFor(sourceId, owner) {
      return {
        samples(samples: readonly (BacklogSample | SourceSample)[]) {
          if (!owner.isHeld()) return;
          keep(samples.map((sample) => (sample.kind === 'backlogSample'
            ? { table: BACKLOG_SAMPLES.name, row: backlogRow(sample, owner.fence), sourceId }
            : { table: SOURCE_SAMPLES.name, row: sourceRow(sample, owner.fence), sourceId })));
        },
        async messages(messages: readonly (TapMessage | FailedMessage)[]) {
          const failures = messages.filter((message) => message.kind === 'failedMessage');
          const copies = messages.filter((message) => message.kind === 'tapMessage');
          await insertSoon(TAP_MESSAGES.name, copies.map((copy) => ({ sourceId, table: TAP_MESSAGES.name, row: tapRow(copy, owner.fence) })), owner);
          await insertSoon(FAILED_MESSAGES.name, failures.map((failure) => ({ sourceId, table: FAILED_MESSAGES.name, row: failedRow(failure, owner.fence) })), owner);
        },
        async resolveFailures(channelId, { seenBefore, stillFailed }) {
          if (!owner.isHeld()) throw new Error('The tap has ended; nothing was written.');
          const seenAt = Date.now();
          return resolveFailures(clickhouse, { sourceId, channelId, seenBefore, stillFailed, seenAt, version: failureVersion(seenAt, owner.fence) });
        },
        count: (kind, subject, count) => counter.add(kind, `${sourceId}/${subject}`, count),
      };
    },
    state: () => ({ bufferedSamples: buffer.length, failingSince, lastError }),
    async stop(graceMs) {
      stopping.abort();
      await loop;
      const end = performance.now() + graceMs;
      while (buffer.length > 0 && performance.now() < end) {
        const isWritten = await flush().then(() => true, () => false);
        if (!isWritten) return;
      }
    },
  };
}

function grouped(entries: readonly Buffered[]): Map<string, Buffered[]> {
  const groups = new Map<string, Buffered[]>();
  for (const entry of entries) {
    const group = groups.get(entry.table);
    if (group) group.push(entry);
    else groups.set(entry.table, [entry]);
  }
  return groups;
}
