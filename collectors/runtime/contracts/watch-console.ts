/** Follows what is added in the product: sources and flow contracts that stand in Postgres instead of the contract folder. */
import type { ConsoleState } from '@/server/domain/contracts/console-files';
import { readConsoleStamp, readConsoleState } from '@/server/services/contracts/console-state';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';
import { reasonOf } from './contract-store-sync';

/** What was last read; the stamp differs with every change. */
export interface KnownConsole {
  stamp: string;
  state: ConsoleState;
}

export interface ConsoleWatch {
  /** Null until Postgres has answered once; while it is away, what it said last. */
  current(): KnownConsole | null;
  stop(): Promise<void>;
}

export interface ConsoleWatchOptions {
  db: Database;
  logger: Pick<Logger, 'info' | 'warn'>;
  pollMs: number;
  known: KnownConsole | null;
  onChange: () => void;
}

/** The stamp is read first: a change in between shows as another stamp at the next look. */
export async function readConsole(db: Database): Promise<KnownConsole> {
  const stamp = await readConsoleStamp(db);
  return { stamp, state: await readConsoleState(db) };
}

/** Looks by itself, so that the contract folder never waits for Postgres. */
export function watchConsole({ db, logger, pollMs, known: first, onChange }: ConsoleWatchOptions): ConsoleWatch {
  let known = first;
  let isAway = false;
  let isStopped = false;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    try {
      const stamp = await readConsoleStamp(db);
      const isChanged = stamp !== known?.stamp;
      if (isChanged) known = await readConsole(db);
      if (isAway) logger.info({}, 'Sources and contracts of the product can be read again');
      isAway = false;
      if (isChanged && !isStopped) onChange();
    } catch (error) {
      if (!isAway) logger.warn({ reason: reasonOf(error) }, 'Sources and contracts of the product cannot be read; those that were read last stay');
      isAway = true;
    }
  }

  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = null));
  }, pollMs);
  timer.unref();

  return {
    current: () => known,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}
