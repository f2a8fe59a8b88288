import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LEASH = fileURLToPath(new URL('leash.mjs', import.meta.url));

/**
 * Starts a Node program that ends when this process does, its own worker processes included (they inherit the leash).
 * It gets a session of its own: the terminal's signals reach the supervisor only, which stops things in order.
 */
export function spawnLeashed(args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): ChildProcess {
  return spawn(process.execPath, ['--import', LEASH, ...args], {
    ...options,
    env: { ...options.env, SIGNALBOX_LEASH_HOLDER: String(process.pid) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/**
 * Waits for the end of a program that is expected to end; `signal` ends it at once.
 * @param onOutput told everything it writes, by stream
 * @returns its exit code; null when it was killed
 */
export async function runToEnd(
  child: ChildProcess,
  signal: AbortSignal,
  onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
): Promise<number | null> {
  child.stdout?.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
  child.stderr?.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
  const giveUp = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
