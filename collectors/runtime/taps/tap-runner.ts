/** One source: waits for its lease, taps it while the lease is held, and starts again after what goes wrong. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';
import { tapLease, type ConfiguredSource } from './configured-sources';
import type { ConnectedSource, Connector, ContractsInForce, TapContext, TapReport } from './connector';
import { takeLease, type HeldLease } from './held-lease';
import { everyGridInstant } from './poll-grid';
import type { TapStore } from './tap-store';

const LOOK_FOR_LEASE_MS = 500;
const FIRST_RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 30_000;
/** A connector gets this long to close its connections after its signal; then the lease is given up regardless. */
const CLOSING_MS = 3_000;

export interface TapRunner {
  readonly configured: ConfiguredSource;
  /** Null while another process taps the source. */
  report(): (TapReport & { fence: bigint; since: Date }) | null;
  isHolding(): boolean;
  /** Lets another process have the source. */
  giveUp(): void;
  stop(): Promise<void>;
}

export interface TapRunnerOptions {
  db: Database;
  connector: Connector;
  configured: ConfiguredSource & { source: ConnectedSource };
  contracts: () => ContractsInForce;
  store: TapStore;
  logger: Logger;
  /** Unique in this process life. */
  owner: string;
  installation: string;
  /** Asked every half second while another process, or nobody, holds the source. */
  mayTry: (sinceLastTryMs: number) => boolean;
}

export function startTapRunner(options: TapRunnerOptions): TapRunner {
  const { configured, db } = options;
  const stopping = new AbortController();
  let holding: { lease: HeldLease; report: TapReport; since: Date; giveUp: AbortController } | null = null;

  async function run(): Promise<void> {
    let lastTry = Number.NEGATIVE_INFINITY;
    while (!stopping.signal.aborted) {
      if (options.mayTry(performance.now() - lastTry)) {
        lastTry = performance.now();
        const lease = await takeLease(db, tapLease(configured.id), options.owner).catch(() => null);
        if (lease) await tapWhileHeld(lease);
        // Whoever lost or gave up a source lets others try first.
        lastTry = lease ? performance.now() : lastTry;
      }
      await pause(LOOK_FOR_LEASE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function tapWhileHeld(lease: HeldLease): Promise<void> {
    const giveUp = new AbortController();
    const signal = AbortSignal.any([lease.signal, giveUp.signal, stopping.signal]);
    holding = { lease, since: new Date(), giveUp, report: { ...STARTING } };
    options.logger.info({ source: configured.id, fence: lease.fence.toString() }, 'tapping');
    let restartMs = FIRST_RESTART_MS;
    while (!signal.aborted) {
      const startedAt = performance.now();
      const failure = await tapOnce(lease, signal);
      if (signal.aborted) break;
      if (performance.now() - startedAt > LONGEST_RESTART_MS) restartMs = FIRST_RESTART_MS;
      holding.report = { ...holding.report, status: 'down', summary: `${failure} Trying again in ${Math.round(restartMs / 1000)} s.`, lastError: failure };
      options.logger.warn({ source: configured.id, error: failure }, 'a tap ended; it will be started again');
      await pause(restartMs, undefined, { signal }).catch(() => undefined);
      restartMs = Math.min(restartMs * 2, LONGEST_RESTART_MS);
    }
    holding = null;
    await lease.release();
  }

  /** Resolves with why the tap ended, also when it does not close in time. What it left running is told to end with it. */
  async function tapOnce(lease: HeldLease, whileHeld: AbortSignal): Promise<string> {
    const ended = new AbortController();
    const signal = AbortSignal.any([whileHeld, ended.signal]);
    const isHeld = () => !signal.aborted && lease.isHeld();
    const now = () => Date.now();
    const context: TapContext = {
      signal, installation: options.installation, fence: lease.fence, isHeld, now,
      contracts: options.contracts,
      everyGridInstant: (look) => everyGridInstant({ everyMs: configured.source.settings.pollSeconds * 1000, signal, now }, look),
      sink: options.store.sinkFor(configured.id, { fence: lease.fence, isHeld, signal }),
      report: (report) => {
        if (holding?.lease === lease) holding.report = report;
      },
      logger: options.logger,
    };
    const closed = new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => setTimeout(() => resolve('It did not close in time.'), CLOSING_MS).unref(), { once: true });
    });
    const tapping = options.connector.tap(options.configured.source, context)
      .then(() => 'The tap ended.', (error: unknown) => (error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)));
    return Promise.race([tapping, closed]).finally(() => ended.abort());
  }

  const running = run();
  return {
    configured,
    report: () => holding && { ...holding.report, fence: holding.lease.fence, since: holding.since },
    isHolding: () => holding !== null && holding.lease.isHeld(),
    giveUp: () => holding?.giveUp.abort(),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

const STARTING: TapReport = { status: 'ok', summary: 'Starting.', lastSuccessAt: null, latencyMs: null, rows: null, lastError: null, detail: { isStarting: true } };
