import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../up/arguments.mjs';
import { buildWeb, isBuilt } from '../up/build';

// The build step of `npm run verify`. A build that was made from these very sources is left alone: a running
// `npm run up` may be serving it.
const root = process.cwd();
if (isBuilt(root)) {
  console.log('Already built from these sources.');
} else {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-build-'));
  const log = join(directory, 'build.log');
  try {
    await buildWeb(root, log, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.exitCode = 1;
  } finally {
    console.log(readFileSync(log, 'utf8'));
    rmSync(directory, { recursive: true });
  }
}
