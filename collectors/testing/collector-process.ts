import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CollectorProcess {
  pid: number;
  otlpPort: number;
  /** Ends it without a chance to clean up. */
  kill(): Promise<void>;
  /** Asks it to stop, as the supervisor does. */
  stop(): Promise<void>;
  /** What it printed so far. */
  output(): string;
}

/** Starts the real collectors program and resolves when it receives. */
export async function startCollectors(env: Record<string, string>): Promise<CollectorProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--max-semi-space-size=64', '--import', 'tsx', MAIN], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit');
  const otlpPort = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { otlpPort: number }).otlpPort));
    void exited.then(() => reject(new Error(`The collectors ended before they were ready:\n${output}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return { pid: child.pid!, otlpPort, kill: () => end('SIGKILL'), stop: () => end('SIGTERM'), output: () => output };
}
