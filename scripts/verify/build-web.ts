import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../up/arguments.mjs';
import { buildWeb, isBuilt } from '../up/build';

const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 1_000;

// The build step of `npm run verify`. A build that was made from these very sources is left alone: a running
// `npm run up` may be serving it. Next allows one build at a time, so that of an `npm run up` that just starts is awaited.
const root = process.cwd();
const directory = mkdtempSync(join(tmpdir(), 'signalbox-build-'));
const log = join(directory, 'build.log');
try {
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; ) {
    if (isBuilt(root)) {
      console.log('Already built from these sources.');
      break;
    }
    try {
      await buildWeb(root, log, new AbortController().signal);
      break;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const output = readFileSync(log, 'utf8');
      if (!/already running/.test(output) || Date.now() > giveUpAt) {
        console.error(output);
        process.exitCode = 1;
        break;
      }
      rmSync(log);
      await pause(PAUSE_MS);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}
