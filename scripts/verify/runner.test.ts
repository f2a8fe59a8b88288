import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRunner, type Runner } from './runner.mjs';

let logs: string;
let printed: string[];
let run: Runner;

beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'signalbox-runner-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  run = createRunner({ logs, env: { PATH: process.env.PATH, NODE_ENV: 'test' }, timeoutMs: 60_000 });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(logs, { recursive: true });
});

const node = (code: string): string[] => [process.execPath, '-e', code];

test('a gate that holds is one line and one passed test', async () => {
  expect(await run.gate('type check', node('console.log("noise")'))).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(printed).toEqual([expect.stringMatching(/^✓ type check · \d+\.\d s$/)]);
});

test('a gate that fails prints everything, both streams, and counts as one failure', async () => {
  const counts = await run.gate('lint', node('console.log("first"); console.error("second"); process.exit(3)'));
  expect(counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(printed[0]).toMatch(/^✗ lint · /);
  expect(printed[1]).toMatch(/first\nsecond|second\nfirst/);
  expect(readFileSync(join(logs, 'lint.log'), 'utf8')).toContain('second');
});

test('a program that cannot be started fails its check', async () => {
  expect(await run.gate('lint', ['/nowhere/to-be-found'])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(printed[1]).toContain('ENOENT');
});

test('a test run counts what its report says', async () => {
  const report = { passed: 7, failed: 2, skipped: 1 };
  expect(await run.tests('unit', node('process.exit(1)'), () => report)).toEqual(report);
  expect(printed[0]).toMatch(/^✗ unit · 7 passed, 2 failed · /);
});

test('a test run that ends badly with a green report, or without one, is a failure', async () => {
  const green = { passed: 7, failed: 0, skipped: 0 };
  expect(await run.tests('unit', node('process.exit(1)'), () => green)).toEqual({ ...green, failed: 1 });
  const noReport = (): never => {
    throw new Error('unit.json is missing');
  };
  expect(await run.tests('unit', node(''), noReport)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(printed.join('\n')).toContain('No report: unit.json is missing');
});

test('a check that does not end is stopped with everything it started', async () => {
  const impatient = createRunner({ logs, env: { PATH: process.env.PATH, NODE_ENV: 'test' }, timeoutMs: 3_000 });
  expect((await impatient.gate('build', ENDLESS())).failed).toBe(1);
  expect(printed.join('\n')).toContain('Stopped after 0.05 minutes.');
  await vi.waitFor(() => expect(isRunning(grandchild())).toBe(false));
});

test('stopping ends what is running with everything it started', async () => {
  const running = run.gate('build', ENDLESS());
  await vi.waitFor(() => expect(grandchild()).toBeGreaterThan(0), { timeout: 10_000 });
  run.stop();
  expect((await running).failed).toBe(1);
  await vi.waitFor(() => expect(isRunning(grandchild())).toBe(false));
});

test('preparation counts only when it fails', async () => {
  expect(await run.work('browser', async (sh) => expect(await sh(node(''))).toBe(true))).toEqual({ passed: 0, failed: 0, skipped: 0 });
  const failing = run.work('browser', () => Promise.reject(new Error('no network')));
  expect(await failing).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(printed.at(-1)).toBe('no network');
});

const ENDLESS = (): string[] => ['sh', '-c', `sleep 600 & echo $! > ${join(logs, 'grandchild')}; wait`];
const grandchild = (): number => Number(readFileSync(join(logs, 'grandchild'), 'utf8'));

/** A killed process stays as a zombie until its parent has been told: that counts as ended. */
function isRunning(pid: number): boolean {
  if (process.platform !== 'linux') {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
