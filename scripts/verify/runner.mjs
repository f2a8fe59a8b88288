import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };

/**
 * Runs named checks, each with its time and its own log file. Green is one line, red is everything that was said.
 * Every method resolves to `{ passed, failed, skipped }` and never throws for a check that fails.
 */
export function createRunner({ logs, env, timeoutMs }) {
  const running = new Set();

  const execute = (command, log, more) =>
    new Promise((resolve) => {
      const [program, ...args] = command;
      // A process group of its own: what it started ends with it when time is up.
      const child = spawn(program, args, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      running.add(child);
      const timer = setTimeout(() => {
        appendFileSync(log, `\nStopped after ${timeoutMs / 60_000} minutes.\n`);
        killGroup(child);
      }, timeoutMs);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => appendFileSync(log, chunk));
      child.once('error', (error) => appendFileSync(log, `${error.message}\n`));
      child.once('close', (code) => {
        clearTimeout(timer);
        running.delete(child);
        resolve(code ?? 1);
      });
    });

  const step = async (name, body) => {
    const started = performance.now();
    const log = join(logs, `${name.replaceAll(' ', '-')}.log`);
    writeFileSync(log, '');
    const { counts, summary } = await body(log);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${counts.failed > 0 ? '✗' : '✓'} ${[name, summary].filter(Boolean).join(' · ')} · ${seconds} s`);
    if (counts.failed > 0) console.log(readFileSync(log, 'utf8').trimEnd());
    return counts;
  };

  return {
    /** Ends everything that is running, at once. */
    stop: () => {
      for (const child of running) killGroup(child);
    },

    /** A command that holds or does not. Counts as one test. */
    gate: (name, command) =>
      step(name, async (log) => ({ counts: (await execute(command, log)) === 0 ? PASSED : FAILED })),

    /** A test run that leaves a report. One that ends badly without a failed test in its report counts as one failure. */
    tests: (name, command, readCounts, more = {}) =>
      step(name, async (log) => {
        const code = await execute(command, log, more);
        let counts;
        try {
          counts = readCounts();
        } catch (error) {
          appendFileSync(log, `\nNo report: ${error.message}\n`);
          counts = { ...FAILED };
        }
        if (code !== 0 && counts.failed === 0) counts = { ...counts, failed: 1 };
        return { counts, summary: `${counts.passed} passed, ${counts.failed} failed` };
      }),

    /** Preparation in this process. Counts only when it fails; the work gets `sh(command)`, true when that ended well. */
    work: (name, work) =>
      step(name, async (log) => {
        try {
          await work(async (command) => (await execute(command, log)) === 0);
          return { counts: { ...PASSED, passed: 0 } };
        } catch (error) {
          appendFileSync(log, `${error.message}\n`);
          return { counts: FAILED };
        }
      }),
  };
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
