import { expect, test } from 'vitest';
import { parseUpArguments } from './arguments.mjs';
import type { DataDirectory } from './data-directory';
import { composeEnvironments } from './environment';

const directory = { root: '/data', contracts: '/data/contracts', supervisorFile: '/data/run/supervisor.json' } as DataDirectory;
const secrets = {
  postgresPassword: 'pg',
  databasePassword: 'db',
  databaseAppPassword: 'app',
  sandboxPassword: 'sb',
  clickHouseWriterPassword: 'w',
  clickHouseReaderPassword: 'r',
  rabbitMqPassword: 'mq',
  nextAuthSecret: 'auth',
  sandboxGateToken: 'gate',
  signalboxSecret: 'key',
};
const stores = {
  database: 'postgres://signalbox_app:app@127.0.0.1:15432/signalbox',
  databaseOwner: 'postgres://signalbox:db@127.0.0.1:15432/signalbox',
  clickHouseWriter: 'http://writer:w@127.0.0.1:18123/signalbox',
  clickHouseReader: 'http://reader:r@127.0.0.1:18123/signalbox',
  sandboxDatabase: 'postgres://sandbox:sb@127.0.0.1:15432/sandbox',
};
const compose = (inherited: Record<string, string>, argv: string[] = []) =>
  composeEnvironments({ NODE_ENV: 'test', ...inherited }, parseUpArguments(argv), directory, secrets, stores);

test('collectors write to ClickHouse, the web only reads', () => {
  const { collectors, web } = compose({});
  expect(collectors.CLICKHOUSE_URL).toBe(stores.clickHouseWriter);
  expect(web.CLICKHOUSE_URL).toBe(stores.clickHouseReader);
  expect(collectors.NEXTAUTH_SECRET).toBeUndefined();
});

test('only the migration learns of the owner of the tables, whom the audit trail must not trust', () => {
  const { migration, collectors, web, sandbox } = compose({ DATABASE_OWNER_URL: 'postgres://mine' });
  expect(migration).toMatchObject({ DATABASE_URL: stores.database, DATABASE_OWNER_URL: stores.databaseOwner });
  for (const environment of [collectors, web]) {
    expect(environment.DATABASE_URL).toBe(stores.database);
    expect(environment.DATABASE_OWNER_URL).toBeUndefined();
  }
  expect(sandbox.DATABASE_OWNER_URL).toBeUndefined();
});

test('the token of the audit sink reaches only who writes to it', () => {
  const { collectors, web, sandbox } = compose({ AUDIT_SINK_TOKEN: 'bearer' });
  expect([collectors, web, sandbox].map((environment) => environment.AUDIT_SINK_TOKEN)).toEqual(['bearer', undefined, undefined]);
});

test('the sandbox learns nothing of ours: no store, no secret', () => {
  const { sandbox } = compose({ DATABASE_URL: 'postgres://x', CLICKHOUSE_URL: 'http://x', SIGNALBOX_SECRET: 's', NEXTAUTH_SECRET: 'n' });
  expect(Object.keys(sandbox).filter((name) => /^(DATABASE|CLICKHOUSE|NEXTAUTH|SIGNALBOX)/.test(name))).toEqual([]);
  expect(sandbox.SANDBOX_DATABASE_URL).toBe(stores.sandboxDatabase);
});

test('secrets of the user’s own environment win over generated ones', () => {
  const { web } = compose({ SIGNALBOX_SECRET: 'mine', NEXTAUTH_SECRET: 'also mine' });
  expect([web.SIGNALBOX_SECRET, web.NEXTAUTH_SECRET]).toEqual(['mine', 'also mine']);
  expect([compose({}).web.SIGNALBOX_SECRET, compose({}).web.NEXTAUTH_SECRET]).toEqual(['key', 'auth']);
});

test('ports and addresses reach everybody who needs them', () => {
  const { web, collectors, sandbox, webUrl, otlpUrl } = compose({}, ['--port', '8080', '--otlp-port', '4400', '--sandbox-port', '3200', '--factor', '10']);
  expect(web).toMatchObject({ PORT: '8080', HOST: '127.0.0.1', NEXTAUTH_URL: 'http://localhost:8080' });
  expect(collectors).toMatchObject({ OTLP_HTTP_PORT: '4400', OTLP_HTTP_HOST: '127.0.0.1' });
  expect(sandbox).toMatchObject({
    SANDBOX_CONTROL_PORT: '3200',
    SANDBOX_BASE_PORT: '4200',
    SANDBOX_OTLP_URL: 'http://127.0.0.1:4400',
    SANDBOX_FACTOR: '10',
  });
  expect([webUrl, otlpUrl]).toEqual(['http://localhost:8080', 'http://127.0.0.1:4400']);
});

test('contracts come from the sandbox unless the user has some', () => {
  expect(compose({}).collectors.CONTRACTS_DIR).toBe('/data/contracts');
  expect(compose({ CONTRACTS_DIR: '/mine' }).collectors.CONTRACTS_DIR).toBe('/mine');
  expect(compose({ CONTRACTS_DIR: '/mine' }).sandbox.SANDBOX_CONTRACTS_OUT).toBe('/data/contracts');
});

test('the sandbox asks the gate of the web with a token that is made for it, and nobody else gets one', () => {
  const { sandbox, migration, web, collectors } = compose({ SANDBOX_GATE_TOKEN: 'of another installation' }, ['--port', '8080']);
  expect(sandbox).toMatchObject({ SANDBOX_GATE_URL: 'http://127.0.0.1:8080', SANDBOX_GATE_TOKEN: 'gate' });
  expect(compose({ HOST: '0.0.0.0' }).sandbox.SANDBOX_GATE_URL).toBe('http://127.0.0.1:3000');
  expect(migration.SANDBOX_GATE_TOKEN).toBe('gate');
  expect([web.SANDBOX_GATE_TOKEN, collectors.SANDBOX_GATE_TOKEN]).toEqual([undefined, undefined]);
  expect(compose({}, ['--no-sandbox']).migration.SANDBOX_GATE_TOKEN).toBeUndefined();
});
