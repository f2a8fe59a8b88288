import { UsageError } from './arguments.mjs';
import { lastWords } from './last-words';
import { runToEnd, spawnLeashed } from './spawn-leashed';

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
  let output = '';
  let complaint = '';
  const code = await runToEnd(spawnLeashed(['--import', 'tsx', script], options), options.signal, (stream, chunk) => {
    if (stream === 'stdout') output += chunk.toString();
    else complaint = (complaint + chunk.toString()).slice(-4_000);
  });
  if (code !== 0) throw new UsageError(`${title} failed: ${lastWords(complaint) ?? `it ended with code ${code}`}`);
  return output;
}
