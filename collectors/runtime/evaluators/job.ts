import { randomUUID } from 'node:crypto';
import { databaseNow } from '@/server/services/leases/database-clock';
import { LeaseLost, holdLease, releaseLease, type Lease } from '@/server/services/leases/hold-lease';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';

/** Two missed renewals, and another process takes over. */
const LEASE_MS = 12_000;

export interface Job {
  name: string;
  /** Pause between the end of one run and the beginning of the next. */
  everyMs: number;
  run(lease: Lease): Promise<void>;
}

export interface JobState {
  name: string;
  /** `waiting`: another process does this job. */
  state: 'starting' | 'running' | 'waiting' | 'failing';
  lastDoneAt: Date | null;
  lastError: string | null;
}

export interface RunningJob {
  state(): JobState;
  stop(): Promise<void>;
}

/** Runs a job again and again while this process holds its lease. An error is remembered and tried again, never thrown. */
export function startJob(job: Job, options: { db: Database; logger: Logger }): RunningJob {
  const owner = randomUUID();
  const state: JobState = { name: job.name, state: 'starting', lastDoneAt: null, lastError: null };
  let lease: Lease | null = null;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => { stopping.signal.addEventListener('abort', () => resolve()); });

  const once = async (): Promise<void> => {
    try {
      lease = await holdLease(options.db, job.name, owner, { now: await databaseNow(options.db), ttlMs: Math.max(LEASE_MS, job.everyMs * 3) });
      if (!lease) {
        state.state = 'waiting';
        return;
      }
      await job.run(lease);
      Object.assign(state, { state: 'running', lastDoneAt: new Date(), lastError: null });
    } catch (error) {
      if (error instanceof LeaseLost) {
        state.state = 'waiting';
        return;
      }
      const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
      if (state.lastError !== message) options.logger.warn({ job: job.name, error: message }, 'an evaluator failed; it will be tried again');
      Object.assign(state, { state: 'failing', lastError: message });
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await once();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([stopped, new Promise<void>((resolve) => { timer = setTimeout(resolve, job.everyMs); })]);
      clearTimeout(timer);
    }
    if (lease) await databaseNow(options.db).then((now) => releaseLease(options.db, lease!, now)).catch(() => undefined);
  };
  const running = loop();

  return {
    state: () => ({ ...state }),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
