import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkPorts } from '../supervisor/ports';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface SandboxUnderTest {
  child: ChildProcess;
  controlUrl: string;
  /** Everything it has printed so far. */
  output(): string;
  /** Ends it by signal and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts the sandbox as a process of its own, on free ports. */
export async function runSandbox(env: Record<string, string>): Promise<SandboxUnderTest> {
  const { controlPort, basePort } = await freePorts();
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...env, SANDBOX_CONTROL_PORT: String(controlPort), SANDBOX_BASE_PORT: String(basePort) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    output: () => printed,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A control port and the block after it, free at the moment of asking. */
async function freePorts(): Promise<{ controlPort: number; basePort: number }> {
  for (;;) {
    const start = 20_000 + Math.floor(Math.random() * 1_000) * 10;
    const ports = { controlPort: start, basePort: start };
    const isFree = await checkPorts({ ...ports }).then(() => true, () => false);
    if (isFree) return ports;
  }
}
