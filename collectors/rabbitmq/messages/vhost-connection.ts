/** Keeps one connection to a virtual host open, with back-off while it cannot be. */
import type { ChannelModel } from 'amqplib';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import { isUnreadableFrame } from './amqp-problem';
import { closeConnection, cutConnection, openConnection } from './open-connection';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A connection that lasted so long begins the back-off anew. */
const STABLE_MS = 10_000;

export interface OpenConnection {
  model: ChannelModel;
  /** What broke it; null while it is open or when it was closed in order. */
  error(): Error | null;
}

export interface VhostConnectionOptions {
  source: ConnectedSource<'rabbitmq'>;
  vhost: string;
  signal: AbortSignal;
  /** Whether the lease runs: nothing is opened after it ended. */
  isHeld: () => boolean;
  opened: (connection: OpenConnection) => void;
  closed: (connection: OpenConnection) => void;
}

export class VhostConnection {
  /** Null while there is none. */
  current: OpenConnection | null = null;
  /** Why there is none, in words; empty while there is one. */
  problem = 'Not connected yet.';

  /** Runs until the signal aborts; then everything is closed. */
  async run(options: VhostConnectionOptions): Promise<void> {
    const { signal, isHeld } = options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted && isHeld()) {
      const openedAt = performance.now();
      const end = await this.#runOnce(options);
      // What cannot be read is removed step by step, each on a new connection: waiting longer and longer would help nobody.
      const isSoon = end === 'unreadable' || (end === 'lost' && performance.now() - openedAt > STABLE_MS);
      pauseMs = isSoon ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #runOnce({ source, vhost, signal, opened, closed }: VhostConnectionOptions): Promise<'refused' | 'lost' | 'unreadable'> {
    let model: ChannelModel;
    try {
      model = await openConnection(source, vhost);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return 'refused';
    }
    let failure: Error | null = null;
    const connection: OpenConnection = { model, error: () => failure };
    let onAbort = () => undefined as void;
    const gone = new Promise<void>((resolve) => {
      onAbort = resolve;
      model.on('error', (error) => { failure = error; });
      model.on('close', (error) => {
        failure ??= error ?? null;
        resolve();
      });
      if (signal.aborted) resolve();
      signal.addEventListener('abort', onAbort, { once: true });
    });
    this.current = connection;
    this.problem = '';
    opened(connection);
    await gone;
    signal.removeEventListener('abort', onAbort);
    this.current = null;
    if (signal.aborted) await closeConnection(model);
    else {
      cutConnection(model);
      this.problem = 'The connection to the broker was lost; it is opened again.';
    }
    closed(connection);
    return isUnreadableFrame(failure) ? 'unreadable' : 'lost';
  }
}
