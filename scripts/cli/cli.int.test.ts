import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { signInWithPassword } from '@/server/services/sign-in/sign-in-with-password';
import { leverFlow, planIt } from '@/server/services/operations/testing/planned-operations';
import { reroutedFlow } from '@/server/services/operations/testing/rerouted-flow';
import { flowContract, plantContracts } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { resolveToken } from '@/server/services/tokens/resolve-token';
import { runCli } from './run-cli';

const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
const cleanUp: (() => Promise<void>)[] = [];
let stores: TestStores;
const cli = (...argv: string[]) => runCli([...argv, '--data-dir', dataDir], {});

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.push(() => stores.close(), () => postgres.drop(), () => clickhouse.drop());
  mkdirSync(join(dataDir, 'run'));
  writeFileSync(join(dataDir, 'run', 'environment.json'), JSON.stringify({ DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.writerUrl, SIGNALBOX_SECRET: 'unused' }));
  await plantContracts(stores.db, [flowContract('orders')]);
});
afterAll(async () => {
  for (const step of cleanUp) await step();
  rmSync(dataDir, { recursive: true });
});

describe('token', () => {
  it('create prints the token alone, as a program', async () => {
    const run = promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url)), 'token', 'create', '--name', 'ci', '--role', 'noc', '--facilities', 'mercy-north,mercy-south', '--data-dir', dataDir]);
    const { stdout, stderr } = await run;
    expect(stdout).toMatch(/^sbx_[\w-]{43}\n$/);
    expect(stderr).toBe('');
    expect(await resolveToken(stores.db, stdout.trim(), 'api', new Date())).toMatchObject({ name: 'ci', grants: [{ role: 'noc', scope: { facilities: ['mercy-north', 'mercy-south'], payers: null } }] });
  });

  it('list and revoke', async () => {
    const { stdout: secret } = await cli('token', 'create', '--name', 'receiver', '--role', 'viewer', '--kind', 'ingest');
    expect(await resolveToken(stores.db, secret, 'ingest', new Date())).not.toBeNull();
    const listed = await cli('token', 'list');
    expect(listed.stdout).toMatch(/receiver\s+ingest\s+viewer\s+all/);
    expect(listed.stdout).not.toContain(secret);
    const id = /^(\S+)\s+receiver/m.exec(listed.stdout)?.[1] ?? '';
    expect(await cli('token', 'revoke', '--id', id)).toEqual({ exitCode: 0, stdout: 'Token "receiver" is revoked.', stderr: '' });
    expect(await resolveToken(stores.db, secret, 'ingest', new Date())).toBeNull();
    expect(await cli('token', 'revoke', '--id', id)).toEqual({ exitCode: 1, stdout: '', stderr: 'Token "receiver" was revoked already.' });
  });
});

describe('user', () => {
  it('create, reset-password, disable', async () => {
    const passwordIn = (text: string) => /password (\S+) \(/.exec(text)?.[1] ?? '';
    const signIn = (password: string) => signInWithPassword(stores.db, { email: 'ines@hospital.example', password, address: 'cli', at: new Date() });
    const made = await cli('user', 'create', '--email', 'Ines@hospital.example', '--role', 'noc,supply');
    expect(await signIn(passwordIn(made.stdout))).not.toBeNull();
    const reset = await cli('user', 'reset-password', '--email', 'ines@hospital.example');
    expect(await signIn(passwordIn(made.stdout))).toBeNull();
    expect(await signIn(passwordIn(reset.stdout))).not.toBeNull();
    expect((await cli('user', 'list')).stdout).toMatch(/ines@hospital\.example\s+ines\s+noc \(all\), supply \(all\)\s+active/);
    expect((await cli('user', 'disable', '--email', 'ines@hospital.example')).exitCode).toBe(0);
    expect(await signIn(passwordIn(reset.stdout))).toBeNull();
  });
});

describe('reading', () => {
  it('flows shows every flow with its reason', async () => {
    const { stdout, exitCode } = await cli('flows');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/unknown\s+C2\s+orders\s+-\s+.*Not evaluated yet/);
  });

  it('health ends with 1 while nothing collects', async () => {
    const { stdout, exitCode } = await cli('health');
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/^Signalbox is down\.[^]*collectors\s+down\s+No collector has ever reported/)]);
    const { data } = { data: JSON.parse((await cli('health', '--json')).stdout) as { status: string } };
    expect(data.status).toBe('down');
  });
});

describe('what is wrong is one sentence', () => {
  it.each([
    [['token', 'make'], 2, 'There is no command "token make". See --help.'],
    [['token', 'create', '--role', 'noc'], 2, '--name is missing. See --help.'],
    [['token', 'create', '--name', 'x', '--role', 'king'], 1, /^--role: Invalid option/],
    [['user', 'disable', '--email', 'nobody@hospital.example'], 1, 'User nobody@hospital.example was not found.'],
    [['flows', '--colour', 'red'], 2, /Unknown option '--colour'/],
  ])('%j', async (argv, exitCode, stderr) => {
    expect(await cli(...argv)).toEqual({ exitCode, stdout: '', stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr) });
  });

  it('when nothing runs', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'signalbox-none-'));
    expect((await runCli(['flows', '--data-dir', empty], {})).stderr).toMatch(/^No running Signalbox was found in .*: start it with "npm run up"/);
    expect((await runCli(['flows'], { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x', CLICKHOUSE_URL: 'http://127.0.0.1:1/x' })).stderr).toBe('The database does not answer. Is Signalbox running? Start it with "npm run up".');
    rmSync(empty, { recursive: true });
  });

  it('and --help tells everything', async () => {
    const { stdout, exitCode } = await cli('--help');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('token create --name N --role R')]);
  });
});

describe('what an alternate received', () => {
  it('is listed and decided of, and counted only without --execute', async () => {
    const { plant, plantCopies, rerouted } = reroutedFlow('diverted', {}, { stores: () => stores, as: (actor) => ({ ...stores, actor, now: () => new Date() }), at: () => new Date() });
    await plant();
    await plantCopies([{ key: 'one', minutesAgo: 20 }, { key: 'two', minutesAgo: 15 }]);
    const holdId = await rerouted({ until: 10 });
    const decide = (...more: string[]) => cli('decide', holdId, '--decision', 'leave', '--reason', 'It was paid there', ...more);
    expect(await decide('--all')).toMatchObject({ exitCode: 0, stdout: '2 messages of what Second payer gate received. Nothing was decided; add --execute.' });
    expect(await decide('--items', 'one', '--execute')).toMatchObject({ exitCode: 0, stdout: 'Decided of 1 message. Nothing has to be done: what Second payer gate made of it stands.' });
    expect((await cli('received', holdId)).stdout).toMatch(/two[^\n]*undecided[^]*one[^\n]*leave[^]*Undecided 1, left there 1, void asked for 0, to be sent again 0\./);
    expect(await decide('--all', '--execute')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Decided of 1 message.') as string });
    expect(await decide('--execute')).toMatchObject({ exitCode: 2, stderr: 'Say which messages: --items, --payer, --facility, or --all.' });
  });
});

describe('pause of several channels', () => {
  it('asks for them in the order of --step and shows each, and says how a step is written', async () => {
    const chain = leverFlow('chain', { path: [
      { id: 'intake', channel: { source: 'broker', kind: 'queue', exchange: 'events', keys: ['#'], name: 'chain.work' } },
      { id: 'posting', channel: { source: 'erp', kind: 'table', table: 'posting', key: 'id', status: { column: 'status', pending: 'N' } } },
    ] });
    await plantContracts(stores.db, [chain]);
    const asking = cli('pause', 'chain', '--step', 'posting:row-gate', '--step', 'intake:park');
    const planning = (async () => {
      const row = await vi.waitFor(async () => (await stores.db.query.operations.findFirst({ where: (operation, { eq }) => eq(operation.flowId, 'chain') })) ?? expect.fail('not asked yet'), 20_000);
      await planIt(stores.db, row.id, new Date(), { flow: chain });
    })();
    const { exitCode, stdout } = await asking;
    await planning;
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^pause of Flow chain, 2 channels: planned\n[^]*\n {2}1\. posting, row-gate \(erp:table:public\.posting\): waiting\n {2}2\. intake, park \(broker:queue:\/:chain\.work\): waiting\n[^]*confirm /)]);
    expect(await cli('pause', 'chain', '--step', 'intake')).toMatchObject({ exitCode: 2, stderr: 'Name at least two channels by --step; for one use --hop and --method.' });
    expect(await cli('pause', 'chain', '--step', 'intake', '--step', 'posting:row-gate')).toMatchObject({ exitCode: 2, stderr: '"intake" is no step: write hop:method, e.g. --step outbox:park.' });
    expect(await cli('pause', 'chain', '--step', 'intake:park', '--step', 'posting:row-gate', '--hop', 'intake')).toMatchObject({ exitCode: 2, stderr: '--step names hop and method of each channel; leave --hop and --method out.' });
  });
});
