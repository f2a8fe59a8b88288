import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../up/arguments.mjs';
import { buildWeb, isBuilt } from '../up/build';

const PATIENCE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 1_000;
/** Another build frees its lock a moment before it records what it built; beginning in between would undo it. */
const LOOKS_BEFORE_BUILDING = 30;

// The build step of `npm run verify`. A build that was made from these very sources is left alone: a running
// `npm run up` may be serving it. Next allows one build at a time, so that of an `npm run up` that just starts is awaited.
const root = process.cwd();
const directory = mkdtempSync(join(tmpdir(), 'signalbox-build-'));
const log = join(directory, 'build.log');
const giveUpAt = Date.now() + PATIENCE_MS;
try {
  for (let looks = 0; ; looks--) {
    if (isBuilt(root)) {
      console.log('Already built from these sources.');
      break;
    }
    if (looks <= 0) {
      if (await isDone()) break;
      looks = LOOKS_BEFORE_BUILDING;
    }
    await pause(LOOK_EVERY_MS);
  }
} finally {
  rmSync(directory, { recursive: true });
}

/** Builds; false when another build is under way and there is time to wait for it. */
async function isDone(): Promise<boolean> {
  try {
    await buildWeb(root, log, new AbortController().signal);
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const output = readFileSync(log, 'utf8');
    if (/already running/.test(output) && Date.now() < giveUpAt) {
      rmSync(log);
      return false;
    }
    console.error(output);
    process.exitCode = 1;
    return true;
  }
}
