/** How a process ended: one of the two is set. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** An engine process that accepts connections on 127.0.0.1. */
export interface RunningEngine {
  /** Process id of the engine itself, not of a wrapper. */
  pid: number;
  port: number;
  /** Resolves when the engine process is gone, for whatever reason. */
  exited: Promise<ProcessEnd>;
  /** Ends the engine in an orderly way, by force after `graceMs` (a few seconds when absent); resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
}
