import { hostname } from 'node:os';
import type { ComponentReport } from '@/server/services/ingest/report-component';
import { resolveToken } from '@/server/services/tokens/resolve-token';
import type { SpanMapper } from '@/server/domain/mapping/span-mapper';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { OtlpBlockBuilders } from './otlp/otlp-block-builder';
import { startReceiver } from './otlp/receiver';
import { startReporting } from './runtime/component-reporter';
import { IngestCounter } from './runtime/ingest/ingest-counter';
import { startIngest, type IngestState } from './runtime/ingest/ingest';
import { writeCounts } from './runtime/ingest/write-counts';
import type { Logger } from './runtime/logger';
import type { CollectorSettings } from './settings';

/** A sender's clock may be ahead by this much; further ahead a span is rejected, because it would pin a day of storage. */
const MAX_FUTURE_MS = 3_600_000;
const STOP_GRACE_MS = 3_000;
/** An ingest token that was good a moment ago need not be looked up for every request. */
const TOKEN_REMEMBERED_MS = 10_000;

export interface RunningReceivers {
  port: number;
  /** Keeps what a mapper counted that is being replaced. */
  keepCounts(mapper: SpanMapper): void;
  stop(): Promise<void>;
}

/** The receiving side of a collector: OTLP in, spool, ClickHouse; says every two seconds how it is doing. */
export async function startReceivers(options: {
  settings: CollectorSettings;
  db: Database;
  clickhouse: ClickHouse;
  mapper: () => SpanMapper;
  logger: Logger;
}): Promise<RunningReceivers> {
  const { settings, db, logger } = options;
  const counter = new IngestCounter();
  const builders = new OtlpBlockBuilders(options.mapper, { maxAgeMs: settings.spanMaxAgeMs, maxFutureMs: MAX_FUTURE_MS });
  const keepCounts = (mapper: SpanMapper) => {
    for (const { kind, subject, count } of mapper.takeCounts()) counter.add(kind, subject, count);
  };
  const onError = (error: unknown) => logger.error({ error: error instanceof Error ? error.message : String(error) }, 'ingest');
  const ingest = startIngest({
    spoolDir: settings.spoolDir, spoolMaxBytes: settings.spoolMaxBytes, clickhouse: options.clickhouse,
    newBuilder: () => builders.next(), counter, onError,
  });
  const receiver = await startReceiver({
    host: settings.otlpHost, port: settings.otlpPort, intake: ingest.intake, counter, onError,
    acceptsToken: settings.isOpen ? null : rememberingTokens(db),
  }).catch(async (error: NodeJS.ErrnoException) => {
    await ingest.stop(0);
    throw error.code === 'EADDRINUSE'
      ? new Error(`Port ${settings.otlpPort} on ${settings.otlpHost} is in use; stop what listens there, or set OTLP_HTTP_PORT.`)
      : error;
  });
  const startedAt = new Date();
  const reporting = startReporting({
    db,
    logger,
    report: async () => {
      keepCounts(options.mapper());
      await writeCounts(db, counter);
      return describe(ingest.state(Date.now()), { settings, port: receiver.port, startedAt });
    },
  });
  logger.info({ host: settings.otlpHost, port: receiver.port, tokenRequired: !settings.isOpen }, 'receiving OTLP/HTTP traces');
  return {
    port: receiver.port,
    keepCounts,
    stop: async () => {
      await receiver.close();
      await ingest.stop(STOP_GRACE_MS);
      await reporting.stop();
    },
  };
}

function describe(state: IngestState, facts: { settings: CollectorSettings; port: number; startedAt: Date }): ComponentReport {
  const { lastError, failingSinceMs, spoolBytes, spoolMaxBytes } = state;
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const base = {
    component: 'receivers',
    instance: `${hostname()}:${facts.port}`,
    startedAt: facts.startedAt,
    detail: {
      endpoint: `http://${facts.settings.otlpHost}:${facts.port}/v1/traces`,
      tokenRequired: !facts.settings.isOpen,
      completeThrough: instant(state.completeThroughMs),
      spoolBytes, spoolMaxBytes,
      isCatchingUp: state.isCatchingUp,
      insertedSpans: state.insertedSpans.toString(),
      lastInsertAt: instant(state.lastInsertAtMs),
      failingSince: instant(failingSinceMs),
      lastError: failingSinceMs === null ? null : lastError,
      retries: state.retries,
      engineRestartsSettled: state.engineRestarts,
      rebuiltRollupMinutes: state.rebuiltMinutes,
      quarantineFiles: state.quarantine.files,
      quarantineBytes: state.quarantine.bytes,
    },
  };
  if (spoolBytes >= spoolMaxBytes * 0.95) {
    return { ...base, status: 'down', summary: `The spool is full (${megabytes(spoolBytes)} of ${megabytes(spoolMaxBytes)}); senders are asked to come back. ${lastError ?? ''}`.trim() };
  }
  if (failingSinceMs !== null) {
    return { ...base, status: 'warning', summary: `Receiving into the spool (${megabytes(spoolBytes)}); ClickHouse has not taken anything since ${new Date(failingSinceMs).toISOString()}: ${lastError}` };
  }
  if (state.isCatchingUp) return { ...base, status: 'ok', summary: `Catching up from the spool (${megabytes(spoolBytes)}).` };
  return { ...base, status: 'ok', summary: 'Receiving.' };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function rememberingTokens(db: Database): (token: string) => Promise<boolean> {
  const known = new Map<string, number>();
  return async (token) => {
    const now = Date.now();
    if (now < (known.get(token) ?? 0)) return true;
    const isGood = (await resolveToken(db, token, 'ingest', new Date(now))) !== null;
    for (const [other, until] of known) if (until <= now) known.delete(other);
    if (isGood) known.set(token, now + TOKEN_REMEMBERED_MS);
    return isGood;
  };
}
