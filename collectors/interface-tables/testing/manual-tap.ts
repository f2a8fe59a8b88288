/** A tap whose looks the test asks for, one by one, and that keeps what it emits. */
import type { BacklogSample, FailedMessage, SourceSample } from '@/server/domain/taps/facts';
import type { Credentials, PostgresSettings } from '@/server/domain/sources/connection';
import { createLogger } from '../../runtime/logger';
import type { ConnectedSource, ContractsInForce, TapReport } from '../../runtime/taps/connector';
import { postgresConnector } from '..';

export interface ManualTap {
  /** Looks once; the samples of that look. */
  look(): Promise<{ source: SourceSample; tables: BacklogSample[] }>;
  /** Looks once; the sample of one table, or of one share of it. */
  lookAt(table: string, partition?: string): Promise<BacklogSample>;
  failures: FailedMessage[];
  report(): TapReport;
  counts: { subject: string; count: number }[];
  /** What it asked storage to take for failed still. */
  reconciled: { channelId: string; stillFailed: string[] }[];
  contracts: ContractsInForce;
  /** Whether storage takes failed messages. */
  storageWorks: boolean;
  stop(): Promise<void>;
}

export function connectedSource(settings: PostgresSettings, observe: Credentials | null, levers: Credentials | null = null): ConnectedSource<'postgres'> {
  return { id: 'erp-db', name: 'ERP database', system: 'erp', kind: 'postgres', settings, observe, levers };
}

export function startManualTap(settings: PostgresSettings, credentials: Credentials, contracts: ContractsInForce, fence = 1n): ManualTap {
  const stopping = new AbortController();
  const intervalMs = settings.pollSeconds * 1000;
  let sampleTime = Math.floor(Date.now() / intervalMs) * intervalMs;
  let samples: (BacklogSample | SourceSample)[] = [];
  let report: TapReport | null = null;
  let lookNow: ((sampleTime: number) => Promise<void>) | null = null;

  const tap: ManualTap = {
    failures: [], counts: [], reconciled: [], contracts, storageWorks: true,
    async look() {
      samples = [];
      sampleTime += intervalMs;
      await lookNow?.(sampleTime);
      const source = samples.find((sample) => sample.kind === 'sourceSample');
      if (!source) throw new Error('The look brought no sample.');
      return { source, tables: samples.filter((sample) => sample.kind === 'backlogSample') };
    },
    async lookAt(table, partition = '') {
      const { tables } = await tap.look();
      const sample = tables.find(({ channelId, partition: share }) => channelId.endsWith(`.${table}`) && share === partition);
      if (!sample) throw new Error(`The look brought no sample of ${table}.`);
      return sample;
    },
    report() {
      if (!report) throw new Error('The tap did not report yet.');
      return report;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
  const running = postgresConnector.tap(connectedSource(settings, credentials), {
    signal: stopping.signal, installation: 'test', fence, isHeld: () => !stopping.signal.aborted, now: () => Date.now(), logger: createLogger('test'),
    contracts: () => tap.contracts,
    everyGridInstant: (look) => {
      lookNow = look;
      return new Promise((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    sink: {
      samples: (more) => { samples.push(...more); },
      messages: (messages) => {
        if (!tap.storageWorks) return Promise.reject(new Error('storage is away'));
        tap.failures.push(...messages.filter((message) => message.kind === 'failedMessage'));
        return Promise.resolve();
      },
      resolveFailures: (channelId, { stillFailed }) => {
        if (!tap.storageWorks) return Promise.reject(new Error('storage is away'));
        tap.reconciled.push({ channelId, stillFailed: [...stillFailed] });
        return Promise.resolve(0);
      },
      count: (_, subject, count) => { tap.counts.push({ subject, count }); },
    },
    report: (state) => { report = state; },
  });
  return tap;
}
