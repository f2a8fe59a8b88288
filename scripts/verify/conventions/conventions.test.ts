import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSourceFiles } from '../source-files';
import { breaksOf, CONVENTIONS, readSourceText } from './conventions';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** This file is full of planted breaks. */
const SELF = 'scripts/verify/conventions/conventions.test.ts';
const sources = [...readSourceFiles(ROOT)].filter(([path]) => path !== SELF).map(([path, text]) => readSourceText(path, text));

/** A file that breaks the convention, and one next to it that does not. */
const CASES: Record<string, { broken: [path: string, text: string][]; kept: [path: string, text: string][] }> = {
  'a file has at most 400 lines': {
    broken: [['server/domain/long.ts', '\n'.repeat(400)]],
    kept: [['server/domain/long.ts', '\n'.repeat(399)]],
  },
  'a file name says what is inside': {
    broken: [
      ['server/utils.ts', ''],
      ['server/helpers/amount.ts', ''],
      ['app/_ui/common/button.tsx', ''],
      ['server/flow-manager.ts', ''],
    ],
    kept: [['server/utilisation.ts', '']],
  },
  'no SQL asks for the time: it is a parameter, so that it can be tested': {
    broken: [
      ['server/queries/late.ts', 'const SQL = `SELECT * FROM spans WHERE ReceivedAt > now() - 60`;'],
      ['server/store/rows.ts', "const SQL = 'SELECT current_timestamp';"],
    ],
    kept: [['server/queries/late.ts', '// never now()\nconst SQL = `SELECT 1`; const at = clock.now();']],
  },
  'the domain reads no clock, chance or environment': {
    broken: [
      ['server/domain/age.ts', 'export const age = (at: number) => Date.now() - at;'],
      ['server/domain/age.ts', 'const at = new Date();'],
      ['server/domain/pick.ts', 'const zone = process.env.TZ;'],
    ],
    kept: [['server/domain/age.ts', '/** Not Date.now(). */\nexport const at = (ms: number) => new Date(ms);']],
  },
  'the sandbox never speaks signalbox.*': {
    broken: [
      ['sandbox/runtime/telemetry.ts', "span.setAttribute('signalbox.flow.id', flow);"],
      ['sandbox/runtime/telemetry.ts', 'const key = `signalbox.${name}`;'.replace('${name}', 'hop')],
    ],
    kept: [
      ['sandbox/runtime/telemetry.ts', "span.setAttribute('erp.order.id', order);"],
      ['sandbox/broker/accounts.ts', "const permitted = 'signalbox.tap.';"],
    ],
  },
  'a test waits for a condition, never for a time': {
    broken: [
      ['server/late.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 500));'],
      ['e2e/testing/page.ts', 'await page.waitForTimeout(1_000);'],
      ['server/late.int.test.ts', 'await sleep(1_000);'],
    ],
    kept: [['server/late.test.ts', 'await expect.poll(() => count()).toBe(3);']],
  },
  'nothing is left to do later and no check is switched off': {
    broken: ['TODO: later', '@ts-ignore', 'oxlint-disable-next-line'].map((text) => ['server/late.ts', `// ${text}\n`]),
    kept: [['server/late.ts', "const text = 'TODO';"]],
  },
  'a verb that changes something writes the audit trail, or says why not': {
    broken: [
      ['server/services/users/late.ts', 'export const late = (db: Database) => db.transaction(async (tx) => tx.delete(users));'],
      ['server/services/users/late.ts', '// audited(\nexport const late = (context: Context) => context.db.update(users).set({ name });'],
      ['server/services/users/late.ts', 'export const late = (db: Database) => db.execute(sql`DELETE FROM users`);'],
      ['server/services/tokens/resolve-token.ts', 'export const late = 1;'],
    ],
    kept: [
      ['server/services/users/late.ts', 'export const late = (context: Context) => audited(context, entry, (tx) => tx.delete(users));'],
      ['server/services/users/late.ts', 'export const late = (db: Database) => db.transaction(async (tx) => { await tx.delete(users); await recordAudit(tx, context, entry); });'],
      ['server/services/users/late.ts', 'export const late = (seen: Map<string, string>) => seen.delete(key);'],
      ['server/services/tokens/resolve-token.ts', 'export const late = (db: Database) => db.update(tokens).set({ lastUsedAt });'],
    ],
  },
  'own modules are imported without a file extension': {
    broken: [['server/late.ts', "import { value } from './early.ts';"]],
    kept: [['server/late.ts', "import { step } from './progress.mjs';"]],
  },
};

test('every convention has its cases', () => {
  expect(Object.keys(CASES)).toEqual(CONVENTIONS.map(({ name }) => name));
});

describe.each(CONVENTIONS)('$name', (convention) => {
  const cases = CASES[convention.name];

  test.each(cases?.broken ?? [])('is broken by %s', (path, text) => {
    expect(breaksOf(convention, [readSourceText(path, text)])).not.toEqual([]);
  });
  test.each(cases?.kept ?? [])('is kept by %s', (path, text) => {
    expect(breaksOf(convention, [readSourceText(path, text)])).toEqual([]);
  });
  test('holds everywhere', () => {
    expect(breaksOf(convention, sources)).toEqual([]);
  });
});
