import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';
import { LongestFirst } from './scripts/verify/longest-first';

const root = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
const exclude = ['**/node_modules/**', '.next/**', '.signalbox/**', 'e2e/**'];

// Unit tests (*.test.ts) touch no engine; integration tests (*.int.test.ts) run against real engines that
// scripts/testing/engines.setup.ts starts once, each suite in its own databases and on its own ports.
export default defineConfig({
  resolve: { alias: { '@': root } },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.int.test.ts'],
          testTimeout: 20_000,
          // A process for each of 200 files, and their imports once more in each, took twice as long as the tests.
          isolate: false,
          // Vitest would leave one of two cores to somebody who watches.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.int.test.ts'],
          exclude,
          globalSetup: ['scripts/testing/engines.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A process for each suite, and its imports once more in each, is a second of processor time. Nothing is shared
          // by that: suites have databases, ports and processes of their own, and modules keep nothing.
          isolate: false,
          // More than cores: suites with a broker mostly wait for it.
          maxWorkers: 5,
        },
      },
    ],
  },
});
