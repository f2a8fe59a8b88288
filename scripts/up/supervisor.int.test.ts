import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../engines/free-port';
import { processStartTime } from '../engines/process-identity.mjs';
import { nodeService } from './node-service';
import type { Service } from './service';
import type { ServiceReport } from './supervisor-report';
import { createSupervisor, type Supervisor } from './supervisor';

const ECHO_SERVER = fileURLToPath(new URL('fixtures/echo-server.ts', import.meta.url));
const SUPERVISE_THREE = fileURLToPath(new URL('fixtures/supervise-three.ts', import.meta.url));
const backOff = { firstMs: 20, mostMs: 80, resetAfterMs: 60_000 };
const isGone = (pid: number): boolean => processStartTime(pid) === undefined;

let directory = '';
let reportFile = '';
let supervisor: Supervisor | undefined;
const sentences: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'signalbox-supervisor-'));
  reportFile = join(directory, 'supervisor.json');
  sentences.length = 0;
});

afterEach(async () => {
  await supervisor?.stop([{ names: ['first', 'second'], graceMs: 500 }]);
  supervisor = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function supervise(): Supervisor {
  supervisor = createSupervisor({ reportFile, announce: (sentence) => sentences.push(sentence), backOff });
  return supervisor;
}

async function echo(name: string, more: Record<string, string> = {}): Promise<Service & { port: number }> {
  const port = await freePort();
  const service = nodeService({
    name,
    script: ECHO_SERVER,
    workingDirectory: process.cwd(),
    environment: { ...process.env, PORT: String(port), NAME: name, ENDED_FILE: join(directory, 'ended'), ...more },
    logFile: join(directory, `${name}.log`),
    ready: { host: '127.0.0.1', port },
  });
  return { ...service, port };
}

function report(name: string): ServiceReport | undefined {
  if (!existsSync(reportFile)) return undefined;
  const { children } = JSON.parse(readFileSync(reportFile, 'utf8')) as { children: ServiceReport[] };
  return children.find((child) => child.name === name);
}

test('a killed service is restarted, announced and reported', async () => {
  const service = await echo('first');
  const { pid } = await supervise().start(service);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(report('first')).toMatchObject({ status: 'running', restarts: 1 }), { timeout: 20_000 });
  expect(report('first')).toMatchObject({ lastExit: 'was killed by SIGKILL', lastExitSignal: 'SIGKILL', lastExitCode: null });
  const answer = await fetch(`http://127.0.0.1:${service.port}`);
  expect(Number(await answer.text())).toBe(report('first')?.pid);
  expect(sentences).toEqual([
    'first was killed by SIGKILL; restarting in 0.02 s',
    `first is running again (pid ${report('first')?.pid})`,
  ]);
});

test('a service that keeps failing is retried with growing delays', async () => {
  let starts = 0;
  const failing: Service = {
    name: 'first',
    endSignal: 'SIGTERM',
    start: () => {
      starts += 1;
      if (starts > 1) return Promise.reject(new Error('first did not start: its port is taken'));
      return Promise.resolve({ pid: process.pid, exited: Promise.resolve({ code: 1, signal: null }), stop: () => Promise.resolve() });
    },
  };
  await supervise().start(failing);
  await vi.waitFor(() => expect(sentences.length).toBeGreaterThanOrEqual(5), { timeout: 5_000 });
  expect(sentences.slice(0, 5)).toEqual([
    'first ended with code 1; restarting in 0.02 s',
    'first did not start: its port is taken; restarting in 0.04 s',
    'first did not start: its port is taken; restarting in 0.08 s',
    'first did not start: its port is taken; restarting in 0.08 s',
    'first did not start: its port is taken; restarting in 0.08 s',
  ]);
});

test('a service that cannot start the first time says why', async () => {
  const service = await echo('first', { PORT: 'no port' });
  await expect(supervise().start(service)).rejects.toThrow(/first did not start: .*port.*; see .*first\.log/i);
});

test('stages stop one after the other, the deaf by force', async () => {
  const second = await echo('second');
  const first = await echo('first');
  const deaf = await echo('deaf', { DEAF: 'yes' });
  const running = supervise();
  const pids = [];
  for (const service of [second, first, deaf]) pids.push((await running.start(service)).pid);
  await running.stop([{ names: ['first', 'deaf'], graceMs: 200 }, { names: ['second'], graceMs: 5_000 }]);
  expect(readFileSync(join(directory, 'ended'), 'utf8')).toBe('first\nsecond\n');
  expect(pids.every(isGone)).toBe(true);
  expect(report('second')).toMatchObject({ status: 'stopped', pid: null });
});

test('a killed watchdog is replaced', async () => {
  await supervise().start(await echo('first'));
  const before = report('watchdog')?.pid ?? 0;
  process.kill(before, 'SIGKILL');
  await vi.waitFor(() => expect(report('watchdog')).toMatchObject({ status: 'running', restarts: 1 }), { timeout: 5_000 });
  expect(report('watchdog')?.pid).not.toBe(before);
});

async function killedSupervisor(beforehand: (owner: number) => void): Promise<void> {
  const ports = [String(await freePort()), String(await freePort()), String(await freePort())];
  const owner = spawn(process.execPath, ['--import', 'tsx', SUPERVISE_THREE, reportFile, ...ports, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    owner.stdout.once('data', () => resolve());
    owner.once('exit', () => reject(new Error('The supervisor ended before its services were up.')));
  });
  await vi.waitFor(() => expect(report('stuck')?.pid).toBeGreaterThan(0), { timeout: 20_000 });
  const stuck = report('stuck')?.pid ?? 0;
  onTestFinished(() => {
    if (!isGone(stuck)) process.kill(stuck, 'SIGKILL');
  });
  beforehand(owner.pid ?? 0);
  owner.kill('SIGKILL');
}

const pidOf = (name: string): number => report(name)?.pid ?? 0;
const livingOf = (names: readonly string[]): string[] => names.filter((name) => !isGone(pidOf(name)));

test('when the supervisor is killed everything ends, also what was still starting', async () => {
  const everything = ['polite', 'deaf', 'stuck', 'watchdog'];
  await killedSupervisor(() => expect(livingOf(everything)).toEqual(everything));
  await expect.poll(() => livingOf(everything), { timeout: 30_000 }).toEqual([]);
});

test('with the watchdog killed as well, the leash ends whatever reads its events', async () => {
  await killedSupervisor((owner) => {
    process.kill(owner, 'SIGSTOP');
    process.kill(pidOf('watchdog'), 'SIGKILL');
  });
  await expect.poll(() => livingOf(['polite', 'deaf', 'watchdog']), { timeout: 30_000 }).toEqual([]);
});
