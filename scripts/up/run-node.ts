import { spawn } from 'node:child_process';
import { UsageError } from './arguments.mjs';

/**
 * Runs one of our programs to its end.
 * @returns what it wrote to standard output
 * @throws UsageError with the program's last line when it fails
 */
export async function runNode(
  title: string,
  script: string,
  options: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    ...options,
    detached: true,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4_000)));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => undefined);
    child.once('close', resolve);
  });
  options.signal.throwIfAborted();
  if (code !== 0) throw new UsageError(`${title} failed: ${complaint.trim().split('\n')[0] || `it ended with code ${code}`}`);
  return output;
}
