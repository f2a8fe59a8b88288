import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessEnd } from './running-engine';

const KEPT_OUTPUT_BYTES = 4_096;
/** How long the output of an ended process may still be on its way. */
const LAST_OUTPUT_MS = 250;

/** A started engine process: its output is passed on, its last lines are kept for error messages. */
export interface EngineProcess {
  pid: number;
  exited: Promise<ProcessEnd>;
  /** Resolves when nobody writes its output any more; a child of its own may do so after its end. */
  outputClosed: Promise<void>;
  hasExited(): boolean;
  lastOutput(): string;
}

/**
 * Follows a spawned engine process.
 * @throws Error when the process could not be started at all
 */
export async function followEngine(
  child: ChildProcess,
  engine: string,
  onOutput: ((chunk: Buffer) => void) | undefined,
): Promise<EngineProcess> {
  let output = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_BYTES);
      onOutput?.(chunk);
    });
  }
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  const outputClosed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${engine} could not be started: ${error.message}`)));
    if (child.pid !== undefined) resolve(child.pid);
  });
  return { pid, exited, outputClosed, hasExited: () => ended, lastOutput: () => output.trim() };
}

/**
 * Asks until the engine answers.
 * @throws Error when the process ends first or the time is up; the message carries the engine's last words
 */
export async function waitUntilReady(
  process: EngineProcess,
  engine: string,
  isReady: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isReady())) {
    if (process.hasExited()) {
      await Promise.race([process.outputClosed, pause(LAST_OUTPUT_MS)]);
      throw new Error(`${engine} ended while it was starting: ${process.lastOutput() || 'it said nothing'}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`${engine} did not answer within ${timeoutMs / 1000} s: ${process.lastOutput() || 'it said nothing'}`);
    }
    await pause(25);
  }
}

/** Waits for the end of a process and forces it when it takes longer than `graceMs`. */
export async function endWithin(child: ChildProcess, process: EngineProcess, graceMs: number): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await process.exited;
  clearTimeout(timer);
}
