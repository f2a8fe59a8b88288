import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testEnvironment } from './environment.mjs';
import { playwrightCounts, vitestCounts } from './test-reports.mjs';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-reports-'));
afterAll(() => rmSync(directory, { recursive: true }));

function reportFile(report: unknown): string {
  const file = join(directory, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return file;
}

test('Vitest: tests, and files that could not be loaded', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(vitestCounts(reportFile(report))).toEqual({ passed: 5, failed: 2, skipped: 3 });
});

test('Playwright: a flaky test and an error outside of tests are failures', () => {
  const report = { stats: { expected: 9, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{ message: 'global setup' }] };
  expect(playwrightCounts(reportFile(report))).toEqual({ passed: 9, failed: 3, skipped: 2 });
});

test('checks never see the settings of an installation', () => {
  const environment = { PATH: '/bin', CI: 'true', DATABASE_URL: 'postgres://real', CLICKHOUSE_READ_URL: 'http://real', NODE_ENV: 'production' as const };
  expect(testEnvironment(environment, { soak: false })).toEqual({ PATH: '/bin', CI: 'true', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' });
  expect(testEnvironment(environment, { soak: true })).toMatchObject({ SIGNALBOX_SOAK: '1' });
});
