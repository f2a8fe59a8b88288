import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type LoaderCommand =
  | { kind: 'prepare'; requests: number; seed: number; endMs: number }
  /** Sends the prepared requests from `first` up to `end`, not included. */
  | { kind: 'send'; url: string; first: number; end: number; connections: number };

export type LoaderReport =
  | { kind: 'prepared'; spans: number; bytes: number }
  | { kind: 'sent'; retries: number; cpuSeconds: number; ackP50Ms: number; ackP99Ms: number }
  | { kind: 'failed'; message: string };

type Sent = LoaderReport & { kind: 'sent' };
type Prepared = LoaderReport & { kind: 'prepared' };

export interface Loader {
  prepare(options: { requests: number; seed: number; endMs: number }): Promise<Prepared>;
  send(options: { url: string; first: number; end: number; connections: number }): Promise<Sent>;
  stop(): Promise<void>;
}

/** Starts the process that sends. */
export function startLoader(): Loader {
  const child = fork(fileURLToPath(new URL('loader-process.ts', import.meta.url)), { execArgv: ['--import', 'tsx', '--max-old-space-size=2048'] });
  const exited = once(child, 'exit');
  const ask = async (command: LoaderCommand): Promise<LoaderReport> => {
    child.send(command);
    const report = await Promise.race([
      once(child, 'message').then(([message]) => message as LoaderReport),
      exited.then((): LoaderReport => ({ kind: 'failed', message: 'the process ended' })),
    ]);
    if (report.kind === 'failed') throw new Error(`The loader failed: ${report.message}`);
    return report;
  };
  return {
    prepare: async (options) => (await ask({ kind: 'prepare', ...options })) as Prepared,
    send: async (options) => (await ask({ kind: 'send', ...options })) as Sent,
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
