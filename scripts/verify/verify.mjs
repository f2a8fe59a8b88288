import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, isInstalled } from '../up/install.mjs';
import { provideBroker } from './broker.mjs';
import { findBrowser } from './browser.mjs';
import { testEnvironment } from './environment.mjs';
import { createRunner } from './runner.mjs';
import { playwrightCounts, vitestCounts } from './test-reports.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MINUTE_MS = 60_000;

const HELP = `Usage: npm run verify [-- --soak]

Type check, lint, import rules, unused code, unit tests, integration tests on real engines, production build, browser tests.
The last line is "N passed, N failed". Installs what is missing; as root on Debian also RabbitMQ and the browser.

  --soak   full counts: every test that scales runs its long form (also: npm run verify:soak)
`;

/**
 * Runs every check, also after one has failed, and prints the counts last.
 * @returns the exit code: 0 when nothing failed
 */
export async function verify(argv) {
  const unknown = argv.find((argument) => !['--soak', '--help'].includes(argument));
  if (unknown) console.error(`${unknown} is no option of npm run verify.\n`);
  if (unknown || argv.includes('--help')) {
    console.log(HELP);
    return unknown ? 1 : 0;
  }
  const soak = argv.includes('--soak');
  process.chdir(ROOT);
  const logs = mkdtempSync(join(tmpdir(), 'signalbox-verify-'));
  const run = createRunner({ logs, env: testEnvironment(process.env, { soak }), timeoutMs: (soak ? 360 : 20) * MINUTE_MS });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      run.stop();
      process.exit(130);
    });
  }

  const counts = await runAll(run, logs);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const skipped = counts.reduce((sum, count) => sum + count.skipped, 0);
  if (failed > 0) console.log(`\nThe complete output is in ${logs}.\n`);
  else rmSync(logs, { recursive: true });
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 ? 1 : 0;
}

async function runAll(run, logs) {
  if (!isInstalled(ROOT)) {
    const installed = await run.work('install', () => install(ROOT));
    if (installed.failed > 0) return [installed];
  }
  const bin = (path) => [process.execPath, join('node_modules', path)];
  const tsx = (script) => [process.execPath, '--import', 'tsx', script];
  const report = (name) => join(logs, `${name}.json`);
  const vitest = (project) =>
    run.tests(
      project,
      [...bin('vitest/vitest.mjs'), 'run', '--project', project, '--reporter=dot', '--reporter=json', `--outputFile.json=${report(project)}`],
      () => vitestCounts(report(project)),
    );

  // Two lanes for two cores: what compiles beside what waits for engines. The build follows the type check, because it
  // rewrites type files that the check reads.
  const compiling = inOrder([
    () => run.gate('type check', bin('typescript/bin/tsc').concat('--noEmit')),
    () => run.gate('lint', bin('oxlint/bin/oxlint').concat('--deny-warnings')),
    () => run.gate('import rules', tsx('scripts/verify/check-imports.ts')),
    () => run.gate('unused code', bin('knip/bin/knip.js')),
    () => run.gate('build', tsx('scripts/verify/build-web.ts')),
  ]);
  const testing = inOrder([() => vitest('unit'), () => provideBroker(run), () => vitest('integration')]);
  const counts = [...(await compiling), ...(await testing)];

  // Alone on the machine: a browser that waits for a busy processor finds faults that nobody has.
  const browser = await findBrowser(run);
  const playwright = await run.tests(
    'end to end',
    [...bin('@playwright/test/cli.js'), 'test', '--reporter=line,json'],
    () => playwrightCounts(report('end-to-end')),
    { PLAYWRIGHT_JSON_OUTPUT_FILE: report('end-to-end'), ...(browser.path ? { CHROMIUM_PATH: browser.path } : {}) },
  );
  return [...counts, ...browser.counts, playwright];
}

async function inOrder(steps) {
  const counts = [];
  for (const step of steps) counts.push(await step());
  return counts;
}
