import type { ProcessEnd } from '../engines/running-engine';

/** Something the supervisor keeps running: an engine or one of our own processes. */
export interface Service<R extends RunningService = RunningService> {
  name: string;
  /** What its process takes as "finish in order" when the supervisor is gone. */
  endSignal: NodeJS.Signals;
  /** Resolves when it does its work; rejects with a sentence that begins with its name when it cannot, or when `signal` fires. */
  start(signal: AbortSignal): Promise<R>;
}

export interface RunningService {
  pid: number;
  exited: Promise<ProcessEnd>;
  /** Ends it in order, by force after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}
