import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the sandbox hospital as `npm run sandbox` does, and resolves when traffic flows. */
export async function startSandbox(env: Record<string, string>): Promise<{ stop(): Promise<void>; output(): string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const exited = once(child, 'exit');
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('sandbox ready')) resolve();
    };
    child.stdout!.on('data', listen);
    child.stderr!.on('data', listen);
    void exited.then(() => reject(new Error(`The sandbox ended before traffic flowed:\n${output}`)));
  });
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
    output: () => output,
  };
}
