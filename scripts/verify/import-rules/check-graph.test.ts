import { describe, expect, test } from 'vitest';
import { checkGraph, CLIENT_RULE, CYCLE_RULE, RESOLVE_RULE } from './check-graph';
import { buildModuleGraph } from './module-graph';
import { IMPORT_RULES } from './rules';

/** Modules that the planted files may import; they break no rule themselves. */
const NEIGHBOURS = [
  'app/_ui/table.tsx',
  'server/auth/session.ts',
  'server/api/root.ts',
  'server/services/flows/list-flows.ts',
  'server/queries/last-leaves.ts',
  'server/store/postgres/index.ts',
  'server/domain/health/flow-view.ts',
  'server/domain/testing/examples.ts',
  'drizzle/schema.ts',
  'collectors/runtime/spool/spool.ts',
  'collectors/otlp/receiver.ts',
  'collectors/rabbitmq/tap.ts',
  'sandbox/settings.ts',
  'scripts/engines/free-port.ts',
];

function brokenRules(planted: Record<string, string>): string[] {
  const files = new Map(NEIGHBOURS.map((path) => [path, 'export const value = 1;']));
  for (const [path, source] of Object.entries(planted)) files.set(path, source);
  return checkGraph(buildModuleGraph(files)).map((violation) => violation.rule);
}

const imports = (specifier: string): string => `import { value } from '${specifier}';\nexport const other = value;\n`;

/** Per rule: imports it must refuse and imports next to them that it must let pass. */
const CASES: Record<string, { refused: [file: string, specifier: string][]; allowed: [file: string, specifier: string][] }> = {
  'app imports only server/': {
    refused: [['app/page.tsx', '@/sandbox/settings'], ['app/page.tsx', '@/collectors/otlp/receiver'], ['app/page.tsx', '@/scripts/engines/free-port']],
    allowed: [['app/page.tsx', '@/server/services/flows/list-flows'], ['app/page.tsx', './_ui/table']],
  },
  'collectors imports only server/': {
    refused: [['collectors/main.ts', '@/sandbox/settings'], ['collectors/main.ts', '@/drizzle/schema']],
    allowed: [['collectors/main.ts', '@/server/store/postgres'], ['collectors/main.ts', './otlp/receiver']],
  },
  'sandbox imports nothing of ours': {
    refused: [['sandbox/main.ts', '@/server/domain/health/flow-view'], ['sandbox/systems/erp/main.ts', '../../../scripts/engines/free-port']],
    allowed: [['sandbox/main.ts', './settings'], ['sandbox/main.ts', 'pg'], ['sandbox/main.int.test.ts', '@/scripts/engines/free-port']],
  },
  'drizzle imports only itself': {
    refused: [['drizzle/parts.ts', '@/server/domain/health/flow-view']],
    allowed: [['drizzle/parts.ts', './schema'], ['drizzle/parts.ts', 'drizzle-orm/pg-core']],
  },
  'server/domain imports only itself': {
    refused: [['server/domain/ids.ts', '@/server/store/postgres'], ['server/domain/ids.ts', '@/drizzle/schema']],
    allowed: [['server/domain/ids.ts', './health/flow-view'], ['server/domain/ids.test.ts', '@/server/store/postgres']],
  },
  'server/domain does no I/O': {
    refused: [['server/domain/ids.ts', 'node:fs'], ['server/domain/ids.ts', 'http'], ['server/domain/ids.ts', 'fs/promises'], ['server/domain/ids.ts', 'node:child_process']],
    allowed: [['server/domain/ids.ts', 'node:crypto'], ['server/domain/ids.ts', 'zod']],
  },
  'server/store imports only server/domain/, drizzle/': {
    refused: [['server/store/rows.ts', '@/server/queries/last-leaves'], ['server/store/rows.ts', '@/server/services/flows/list-flows']],
    allowed: [['server/store/rows.ts', '@/drizzle/schema'], ['server/store/rows.test.ts', '@/scripts/engines/free-port']],
  },
  'server/queries imports only server/store/, server/domain/': {
    refused: [['server/queries/costs.ts', '@/server/services/flows/list-flows'], ['server/queries/costs.ts', '@/server/api/root']],
    allowed: [['server/queries/costs.ts', '@/server/store/postgres'], ['server/queries/costs.ts', './last-leaves']],
  },
  'server/services imports only server/queries/, server/store/, server/domain/, drizzle/': {
    refused: [['server/services/hold.ts', '@/server/api/root'], ['server/services/hold.ts', '@/server/auth/session']],
    allowed: [['server/services/hold.ts', '@/server/queries/last-leaves'], ['server/services/hold.ts', '@/drizzle/schema']],
  },
  'database drivers only in server/store': {
    refused: [
      ['server/services/hold.ts', 'pg'],
      ['server/queries/costs.ts', '@clickhouse/client'],
      ['server/services/hold.ts', 'drizzle-orm/node-postgres'],
      ['server/api/setup.ts', 'drizzle-orm/node-postgres/migrator'],
      ['collectors/main.ts', 'pg'],
      ['collectors/interface-tables/tap/tap.ts', 'pg'],
      ['collectors/interface-tables/postgres/connection.ts', 'drizzle-orm/node-postgres'],
      ['app/page.tsx', '@clickhouse/client'],
    ],
    allowed: [
      ['server/store/rows.ts', 'drizzle-orm/node-postgres'],
      ['collectors/interface-tables/postgres/connection.ts', 'pg'],
      ['server/services/hold.ts', 'drizzle-orm'],
      ['server/services/hold.int.test.ts', 'pg'],
      ['scripts/seed.ts', 'pg'],
    ],
  },
  'next-auth only in server/auth': {
    refused: [['app/sign-in/page.tsx', 'next-auth/react'], ['server/api/context.ts', 'next-auth']],
    allowed: [['server/auth/options.ts', 'next-auth'], ['app/api/auth/route.ts', '@/server/auth/session']],
  },
  'server and collectors know no React and no Next': {
    refused: [['server/services/hold.ts', 'react'], ['collectors/main.ts', 'next/server']],
    allowed: [['server/auth/cookie.ts', 'next/headers'], ['app/page.tsx', 'react']],
  },
  'nothing imports app': {
    refused: [['server/api/page.ts', '@/app/_ui/table'], ['collectors/main.ts', '@/app/_ui/table']],
    allowed: [['app/page.tsx', '@/app/_ui/table'], ['e2e/table.spec.ts', '@/app/_ui/table']],
  },
  'nothing imports collectors': {
    refused: [['server/api/page.ts', '@/collectors/runtime/spool/spool']],
    allowed: [['bench/ingest/main.ts', '@/collectors/otlp/receiver']],
  },
  'a connector imports no other connector': {
    refused: [['collectors/outbox/tap.ts', '../rabbitmq/tap'], ['collectors/outbox/tap.ts', '@/collectors/otlp/receiver']],
    allowed: [['collectors/outbox/tap.ts', '../runtime/spool/spool'], ['collectors/rabbitmq/levers.ts', './tap']],
  },
  'collectors/runtime imports no connector': {
    refused: [['collectors/runtime/intake.ts', '../otlp/receiver']],
    allowed: [['collectors/main.ts', './otlp/receiver']],
  },
  'the product imports no test code': {
    refused: [['server/domain/ids.ts', './testing/examples']],
    allowed: [['server/domain/ids.test.ts', './testing/examples']],
  },
};

test('every rule has its cases', () => {
  expect(Object.keys(CASES)).toEqual(IMPORT_RULES.map((rule) => rule.name));
});

describe.each(Object.entries(CASES))('%s', (rule, { refused, allowed }) => {
  test.each(refused)('%s may not import %s', (file, specifier) => {
    expect(brokenRules({ [file]: imports(specifier) })).toContain(rule);
    expect(brokenRules({ [file]: `export { value } from '${specifier}';` })).toContain(rule);
    expect(brokenRules({ [file]: `export const later = () => import('${specifier}');` })).toContain(rule);
    expect(brokenRules({ [file]: `import type { Value } from '${specifier}';\nexport type Other = Value;` })).toContain(rule);
    expect(brokenRules({ [file]: `export type Other = import('${specifier}').Value;` })).toContain(rule);
  });
  test.each(allowed)('%s may import %s', (file, specifier) => {
    expect(brokenRules({ [file]: imports(specifier) })).toEqual([]);
  });
});

describe(CLIENT_RULE, () => {
  const client = (source: string): string => `'use client';\n${source}`;

  test.each([['@/server/services/flows/list-flows'], ['@/server/api/root'], ['node:fs'], ['server-only']])('not %s', (specifier) => {
    expect(brokenRules({ 'app/button.tsx': client(imports(specifier)) })).toEqual([CLIENT_RULE]);
  });
  test('not through a file between', () => {
    const files = { 'app/button.tsx': client(imports('./_ui/shape')), 'app/_ui/shape.ts': imports('@/server/store/postgres') };
    expect(brokenRules(files)).toEqual([CLIENT_RULE]);
  });
  test('types, the domain and client modules of the server may', () => {
    const source = `import type { Value } from '@/server/api/root';\n${imports('@/server/domain/health/flow-view')}
      export * from '@/server/auth/client';\nexport type Other = Value;`;
    expect(brokenRules({ 'app/button.tsx': client(source), 'server/auth/client.ts': client('export const value = 1;') })).toEqual([]);
  });
  test('a server component may', () => {
    expect(brokenRules({ 'app/page.tsx': imports('@/server/services/flows/list-flows') })).toEqual([]);
  });
});

test(CYCLE_RULE, () => {
  const circle = { 'server/domain/a.ts': imports('./b'), 'server/domain/b.ts': imports('./c'), 'server/domain/c.ts': imports('./a') };
  expect(brokenRules(circle)).toEqual([CYCLE_RULE]);
  expect(brokenRules({ 'server/domain/a.ts': imports('./a') })).toEqual([CYCLE_RULE]);
  expect(brokenRules({ ...circle, 'server/domain/c.ts': "import type { Other } from './a';\nexport type { Other };" })).toEqual([]);
});

test(RESOLVE_RULE, () => {
  expect(brokenRules({ 'server/domain/a.ts': imports('./missing') })).toEqual([RESOLVE_RULE]);
  expect(brokenRules({ 'app/layout.tsx': "import './globals.css';" })).toEqual([]);
});

test('a file that does not parse is named', () => {
  expect(() => brokenRules({ 'server/domain/a.ts': 'const = 1;' })).toThrow('server/domain/a.ts does not parse');
});
