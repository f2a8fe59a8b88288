import type { ClickHouse } from '@/server/store/clickhouse/client';
import { Journal } from '../spool/journal';
import { Spool } from '../spool/spool';
import { lockSpool } from '../spool/spool-lock';
import type { BlockBuilder } from './block-builder';
import { BlockDelivery, type DeliveryState } from './block-delivery';
import { Forwarder } from './forwarder';
import type { IngestCounter } from './ingest-counter';
import { Intake } from './intake';
import { Quarantine } from './quarantine';

export interface IngestOptions {
  spoolDir: string;
  spoolMaxBytes: number;
  clickhouse: ClickHouse;
  newBuilder: () => BlockBuilder;
  counter: IngestCounter;
  onError: (error: unknown) => void;
}

export interface IngestState extends DeliveryState {
  spoolBytes: number;
  spoolMaxBytes: number;
  /** Everything received before this instant is in ClickHouse; null while that is not known. */
  completeThroughMs: number | null;
  isCatchingUp: boolean;
  rememberedRequests: number;
  quarantine: { files: number; bytes: number };
}

export interface Ingest {
  intake: Intake;
  state(nowMs: number): IngestState;
  /** Delivers what it can within the time, and leaves the rest in the spool. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Opens the spool and starts moving it into ClickHouse.
 *
 * @throws SpoolInUse when another process has this spool
 */
export function startIngest(options: IngestOptions): Ingest {
  const unlock = lockSpool(options.spoolDir);
  const stopping = new AbortController();
  const journal = new Journal(options.spoolDir);
  const spool = new Spool({ dir: options.spoolDir, maxBytes: options.spoolMaxBytes, notBefore: journal.committed });
  for (const damage of spool.damage) {
    options.onError(new Error(`A spool segment was damaged at byte ${damage.atOffset}; what could be read is processed, the whole is kept as ${damage.keptAs}.`));
    options.counter.add('request-quarantined', 'damaged-segment', 1);
  }
  const quarantine = new Quarantine(options.spoolDir);
  const delivery = new BlockDelivery(options.clickhouse, journal, stopping.signal);
  const forwarder = new Forwarder({
    spool, journal, delivery, quarantine, newBuilder: options.newBuilder, onError: options.onError, stop: stopping.signal,
    onQuarantined: (reason, requests) => options.counter.add('request-quarantined', reason, requests),
  });
  const running = forwarder.run();
  return {
    intake: new Intake(spool, forwarder, options.newBuilder),
    state: (nowMs) => ({
      ...delivery.state, spoolBytes: spool.usedBytes, spoolMaxBytes: spool.maxBytes, completeThroughMs: forwarder.completeThroughMs(nowMs),
      isCatchingUp: !forwarder.isLive, rememberedRequests: spool.rememberedRequests, quarantine: quarantine.contents(),
    }),
    stop: async (graceMs) => {
      await forwarder.drained(graceMs);
      stopping.abort();
      await running;
      await spool.close();
      journal.close();
      unlock();
    },
  };
}
