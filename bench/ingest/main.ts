/**
 * `npm run bench:ingest [-- --quick]`: spans per second and per CPU second of Signalbox against a small server as many
 * teams write it, in one run, on the same machine, with the same requests. See ../README.md for how to read it.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Loader, startLoader } from './load/loader';
import { SPANS_PER_REQUEST } from './load/requests';
import { requireProc } from './measure/processes';
import { type SideName, summary, tableHead, tableRow } from './report';
import { startOurs } from './sides/ours';
import { Started, type StartSide } from './sides/side';
import { startStatusQuo } from './sides/status-quo';
import { type RunFigures, timedRun } from './timed-run';

const SEED = 20_260_301;
const SIDES: Record<SideName, StartSide> = { signalbox: startOurs, 'status quo': startStatusQuo };
const FULL = { rounds: 3, warmUp: 150, requests: 1000 };
const QUICK = { rounds: 1, warmUp: 100, requests: 240 };

async function main(): Promise<void> {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--quick');
  if (unknown.length > 0) throw new Error(`Unknown argument ${unknown.join(' ')}: the only one is --quick.`);
  requireProc();
  const counts = process.argv.includes('--quick') ? QUICK : FULL;
  const loader = startLoader();
  try {
    const prepared = await loader.prepare({ requests: counts.warmUp + counts.requests, seed: SEED, endMs: Date.now() });
    console.log(
      `${(counts.requests * SPANS_PER_REQUEST).toLocaleString('en')} spans per run in requests of ${SPANS_PER_REQUEST}, ${Math.round(prepared.bytes / prepared.spans)} bytes per span, `
      + `OTLP/HTTP protobuf; timed until all can be read\n`,
    );
    console.log(tableHead());
    const runs: Record<SideName, RunFigures[]> = { signalbox: [], 'status quo': [] };
    for (let round = 1; round <= counts.rounds; round++) {
      for (const side of order(round)) {
        const figures = await runSide(SIDES[side], loader, counts);
        runs[side].push(figures);
        console.log(tableRow(round, side, figures));
      }
    }
    console.log(`\n${summary(runs).join('\n')}`);
  } finally {
    await loader.stop();
  }
}

/** Alternates who goes first, so that neither profits from a warm or a tired machine. */
function order(round: number): SideName[] {
  return round % 2 === 1 ? ['status quo', 'signalbox'] : ['signalbox', 'status quo'];
}

async function runSide(start: StartSide, loader: Loader, counts: { warmUp: number; requests: number }): Promise<RunFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  // As root, Postgres runs under its own account and must be able to enter.
  chmodSync(directory, 0o755);
  const started = new Started();
  try {
    return await timedRun(await start(directory, started), loader, counts);
  } finally {
    await started.stopAll();
    rmSync(directory, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
