import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined);
const isRoot = process.getuid?.() === 0;

/** Each pulls levers or breaks the hospital, and sees what the others do: one after the other. */
const ACTING = '**/acting/*.spec.ts';

/**
 * End-to-end tests run against a whole product with its sandbox hospital, which product.setup.ts starts on free ports
 * and in a data directory of its own. Those that act wait most of the time, so those that look run beside them: they must
 * pass whether anything is failing or held, or not.
 */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/product.setup.ts',
  workers: 2,
  projects: [{ name: 'acting', testMatch: ACTING, workers: 1 }, { name: 'looking', testIgnore: ACTING, workers: 1 }],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    // A trace films every page, which costs a quarter of the time: where a test fails, run it with --trace on.
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: isRoot ? ['--no-sandbox'] : [] },
  },
});
