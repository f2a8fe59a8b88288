import { connect } from 'node:net';
import { endWithin, followEngine, waitUntilReady } from '../engines/engine-process';
import { lastWords } from './last-words';
import { RotatingLog } from './rotating-log';
import type { RunningService, Service } from './service';
import { spawnLeashed } from './spawn-leashed';

const START_TIMEOUT_MS = 60_000;

export interface NodeServiceOptions {
  name: string;
  /** TypeScript file to run. */
  script: string;
  /** Flags of Node itself. */
  nodeFlags?: readonly string[];
  workingDirectory: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** It does its work once it accepts connections here. */
  ready: { host: string; port: number };
}

/** One of our own programs as a service: leashed to this process, its output in a bounded log file. */
export function nodeService(options: NodeServiceOptions): Service {
  return { name: options.name, endSignal: 'SIGTERM', start: (signal, spawned) => startNode(options, signal, spawned) };
}

async function startNode(
  options: NodeServiceOptions,
  signal: AbortSignal,
  spawned: (pid: number) => void,
): Promise<RunningService> {
  const { name, ready, logFile } = options;
  const log = new RotatingLog(logFile);
  const child = spawnLeashed([...(options.nodeFlags ?? []), '--import', 'tsx', options.script], {
    cwd: options.workingDirectory,
    env: options.environment,
  });
  const giveUp = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const process = await followEngine(child, name, (chunk) => log.write(chunk));
    spawned(process.pid);
    void process.outputClosed.then(() => log.close());
    try {
      await waitUntilReady(process, name, () => accepts(ready), START_TIMEOUT_MS);
    } catch {
      child.kill('SIGKILL');
      await process.exited;
      // A program may begin its sentences with its own name.
      const reason = lastWords(process.lastOutput())?.replace(`${name}: `, '') ?? 'it said nothing';
      throw new Error(`${name} did not start: ${reason}; see ${logFile}`);
    }
    return {
      pid: process.pid,
      exited: process.exited,
      stop: async (graceMs) => {
        child.kill('SIGTERM');
        await endWithin(child, process, graceMs);
      },
    };
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function accepts({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.setTimeout(1_000, () => answer(false));
  });
}
