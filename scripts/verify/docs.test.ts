import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readSourceFiles } from './source-files';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const documents = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => join('docs', file))];
const textOf = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

test.each(documents)('%s links only to what exists', (document) => {
  const missing = [...textOf(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !existsSync(join(ROOT, dirname(document), target)));
  expect(missing).toEqual([]);
});

test.each(documents)('%s names only commands that exist', (document) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const named = [...textOf(document).matchAll(/npm run (?:-s )?([a-z][a-z0-9:]*)/g)].map(([, script]) => script ?? '');
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

test('the README documents every setting of the product', () => {
  const ours = /^(?!.*\.test\.ts$)(?!.*\/testing\/)(?:app|server|collectors|scripts\/(?:up|web|migrate|engines|cli))/;
  const code = [...readSourceFiles(ROOT)].filter(([path]) => ours.test(path)).map(([, text]) => text).join('\n');
  const read = [...code.matchAll(/\b(?:process\.env|environment|inherited|env)\.([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name ?? '');
  const declared = [...textOf('collectors/settings.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+): z/gm)].map(([, name]) => name ?? '');
  // Set by Node, npm or the operating system, handed on to the sandbox, or between our own processes.
  const notOurs = /^(NODE_ENV|INIT_CWD|PATH|TZ|SIGNALBOX_LEASH_HOLDER|SANDBOX_.*)$/;
  const settings = [...new Set([...read, ...declared])].filter((name) => !notOurs.test(name)).sort();
  expect(settings).toContain('OIDC_ISSUER');
  expect(settings.filter((name) => !textOf('README.md').includes(`\`${name}\``))).toEqual([]);
});
