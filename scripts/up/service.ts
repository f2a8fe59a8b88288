import type { ProcessEnd } from '../engines/running-engine';

/** Something the supervisor keeps running: an engine or one of our own processes. */
export interface Service<R extends RunningService = RunningService> {
  name: string;
  /** What its process takes as "finish in order" when the supervisor is gone. */
  endSignal: NodeJS.Signals;
  /**
   * Resolves when it does its work; rejects with a sentence that begins with its name when it cannot, or when `signal` fires.
   * Tells its process id as soon as there is one, so that it can be ended while it is still starting.
   */
  start(signal: AbortSignal, spawned: (pid: number) => void): Promise<R>;
}

export interface RunningService {
  pid: number;
  exited: Promise<ProcessEnd>;
  /** Ends it in order, by force after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}
