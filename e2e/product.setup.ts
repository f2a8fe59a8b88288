import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRODUCT_VARIABLE, type Product } from './product/product';
import { readWelcome } from './product/read-welcome';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A first start builds the web interface; on a slow machine that is most of it. */
const START_LIMIT_MS = 10 * 60_000;

/** Starts the product the way people do, and stops it the way people do. */
export default async function globalSetup(): Promise<(() => Promise<void>) | void> {
  if (process.env[PRODUCT_VARIABLE] !== undefined) return;
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-e2e-'));
  const started = spawn(process.execPath, ['scripts/up.mjs', '--data-dir', dataDir, ...(await freePortArguments())], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await stopped(started);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    process.env[PRODUCT_VARIABLE] = JSON.stringify(await welcomed(started));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Resolves with addresses and accounts once everything runs; rejects with all that was printed when it does not. */
function welcomed(started: ChildProcess): Promise<Product> {
  return new Promise((resolve, reject) => {
    let output = '';
    const limit = setTimeout(() => reject(new Error(`The product did not start in time:\n${output}`)), START_LIMIT_MS);
    const onOutput = (chunk: Buffer) => {
      output += chunk.toString();
      const product = readWelcome(output);
      if (product === null) return;
      clearTimeout(limit);
      resolve(product);
    };
    started.stdout?.on('data', onOutput);
    started.stderr?.on('data', onOutput);
    started.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`The product ended with ${code} before it was up:\n${output}`));
    });
  });
}

function stopped(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null || started.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    started.once('exit', () => resolve());
    started.kill('SIGTERM');
  });
}

async function freePortArguments(): Promise<string[]> {
  const [port, otlpPort, sandboxPort] = await Promise.all([freePort(), freePort(), freePort()]);
  return ['--port', `${port}`, '--otlp-port', `${otlpPort}`, '--sandbox-port', `${sandboxPort}`];
}

/** Below 30000, because the sandbox's systems listen from 1000 above its control page. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!listening) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
