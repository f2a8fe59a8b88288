import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { flowText } from '@/server/domain/contracts/testing/contract-texts';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import { answerSourceRequest, claimSourceRequest } from '@/server/services/sources/claim-requests';
import { secretPurpose } from '@/server/services/sources/stored-connections';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { runCli } from './run-cli';

const PASSWORD = 'correct horse battery staple';
const secret = Buffer.alloc(32, 5);
const box = createSecretBox(secret);
const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
const cleanUp: (() => Promise<void>)[] = [];
let stores: TestStores;
const cli = (argv: string[], env: Record<string, string> = {}, input = '') => runCli([...argv, '--data-dir', dataDir], env, async () => input);
const file = (name: string, text: string) => {
  writeFileSync(join(dataDir, name), text);
  return join(dataDir, name);
};

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.push(() => stores.close(), () => postgres.drop(), () => clickhouse.drop());
  mkdirSync(join(dataDir, 'run'));
  writeFileSync(join(dataDir, 'run', 'environment.json'), JSON.stringify({ DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.writerUrl, SIGNALBOX_SECRET: secret.toString('base64') }));
});
afterAll(async () => {
  for (const step of cleanUp) await step();
  rmSync(dataDir, { recursive: true });
});

const source = (id: string, observe: string, levers = '') => `id: ${id}\nname: ERP database\nsystem: { id: erp, name: ERP }\nkind: postgres\nsettings: { host: ${id}.internal, database: erp }\nobserve: { user: signalbox, password: ${observe} }\n${levers}`;
const secretsOf = async (id: string) => {
  const row = await stores.db.query.sourceConnections.findFirst({ where: (connection, { eq }) => eq(connection.sourceId, id) });
  const open = (sealed: string | null | undefined, use: 'observe' | 'levers') => (sealed ? box.open(sealed, secretPurpose(id, use)).password : null);
  return [open(row?.observeSecret, 'observe'), open(row?.leverSecret, 'levers')];
};
/** A collector that answers the next question. */
async function collector(outcome: { answer: unknown } | { error: string }): Promise<void> {
  const claimed = await vi.waitFor(async () => {
    const request = await claimSourceRequest(stores.db, 'test', new Date());
    if (!request) throw new Error('nobody has asked yet');
    return request;
  }, { timeout: 20_000, interval: 20 });
  await answerSourceRequest(stores.db, { id: claimed.id, owner: 'test' }, outcome, new Date());
}

describe('source', () => {
  it('add takes passwords from the environment, a file or the input, and prints none', async () => {
    file('password', `${PASSWORD} in a file\n`);
    const added = [
      await cli(['source', 'add', file('a.yaml', source('from-env', '{ env: ERP_PASSWORD }'))], { ERP_PASSWORD: PASSWORD }),
      await cli(['source', 'add', file('b.yaml', source('from-file', `{ file: ${join(dataDir, 'password')} }`))]),
      await cli(['source', 'add', file('c.json', JSON.stringify({ id: 'from-input', name: 'ERP', system: { id: 'erp', name: 'ERP' }, kind: 'postgres', settings: { host: 'c', database: 'c' }, observe: { user: 'o', password: { stdin: true } }, levers: { user: 'l', password: { stdin: true } } }))], {}, `${PASSWORD}\nsecond\n`),
    ];
    expect(added.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect([await secretsOf('from-env'), await secretsOf('from-file'), await secretsOf('from-input')]).toEqual([[PASSWORD, null], [`${PASSWORD} in a file`, null], [PASSWORD, 'second']]);
    const shown = await cli(['source', 'show', 'from-input']);
    const listed = await cli(['source', 'list', '--json']);
    expect(JSON.stringify([added, shown, listed])).not.toContain('horse');
    expect(shown.stdout).toMatch(/looks as\s+o\nacts as\s+l\n/);
    expect((await cli(['source', 'list'])).stdout).toMatch(/starting\s+from-env\s+postgres\s+console\s+0\s+No collector has taken it yet/);
  });

  it('add reads a pipe as a program', async () => {
    const program = promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url)), 'source', 'add', file('d.yaml', source('piped', '{ stdin: true }')), '--data-dir', dataDir]);
    program.child.stdin?.end(`${PASSWORD}\n`);
    expect((await program).stdout).toContain('(piped) is added');
    expect(await secretsOf('piped')).toEqual([PASSWORD, null]);
  });

  it.each<[string, string, string | RegExp]>([
    ['a password in the file', source('x', PASSWORD), /^--observe\.password: must be \{ env: NAME \}, .* does not belong into a file/],
    ['a variable that is not set', source('x', '{ env: NOWHERE }'), 'The environment variable NOWHERE, which observe names, is not set.'],
    ['a file that is not there', source('x', '{ file: /nowhere }'), '/nowhere cannot be read (ENOENT).'],
    ['input that is not piped', source('x', '{ stdin: true }'), 'The password of observe was not piped in: give it as a line of input.'],
    ['a wrong setting', source('x', '{ env: P }').replace('database: erp', 'database: erp, port: 0'), /^--settings\.port: Too small/],
    ['no YAML', 'a: [', /neither YAML nor JSON/],
  ])('add refuses %s in one sentence', async (_, text, sentence) => {
    const { stderr, stdout, exitCode } = await cli(['source', 'add', file('wrong.yaml', text)], { P: 'p' });
    expect([stdout, stderr]).toEqual(['', typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)]);
    expect([exitCode > 0, stderr.includes('horse')]).toEqual([true, false]);
    expect(await stores.db.query.sourceConnections.findFirst({ where: (row, { eq }) => eq(row.sourceId, 'x') })).toBeUndefined();
  });

  it('test prints what a collector found out', async () => {
    const answer = { reachable: true, problem: '', product: 'PostgreSQL', version: '16.4', isTestedVersion: false, latencyMs: 3, clockDifferenceMs: -12, capabilities: [{ id: 'rows', available: true, note: '' }], permissions: [{ for: 'observe', permission: 'read erp.orders', granted: false, note: 'GRANT SELECT' }], notes: ['Nothing else.'] };
    const [tested] = await Promise.all([cli(['source', 'test', 'from-env']), collector({ answer })]);
    expect(tested.exitCode).toBe(0);
    expect(tested.stdout).toMatch(/^Reachable: PostgreSQL 16\.4 \(not among the tested versions\), answers in 3 ms, clock differs by -12 ms\.[^]*observe\s+read erp\.orders\s+missing\s+GRANT SELECT[^]*Nothing else\.$/);
    const [failed] = await Promise.all([cli(['source', 'test', 'from-env']), collector({ error: 'The source did not answer within 20 s.' })]);
    expect([failed.exitCode, failed.stdout]).toEqual([1, 'The source did not answer within 20 s.']);
  });

  it('discover writes drafts, over nothing', async () => {
    const yaml = flowText({ id: 'orders' });
    const answer = { nodes: [{ id: 'q', kind: 'table', name: 't', facts: [], flows: [], notes: [] }], edges: [], drafts: [{ flowId: 'orders', name: 'Orders', yaml, guesses: [], channels: ['q'] }], notes: [] };
    const [found] = await Promise.all([cli(['source', 'discover', 'from-env', '--out', dataDir]), collector({ answer })]);
    expect(found.stdout).toMatch(/^Found 1: 1 of kind table\.[^]*orders\s+q\s+0[^]*Written: .*orders\.yaml$/);
    expect(readFileSync(join(dataDir, 'orders.yaml'), 'utf8')).toBe(yaml);
    const [again] = await Promise.all([cli(['source', 'discover', 'from-env', '--out', dataDir]), collector({ answer })]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('EEXIST')]);
    const [hostile] = await Promise.all([cli(['source', 'discover', 'from-env', '--out', dataDir]), collector({ answer: { ...answer, drafts: [{ ...answer.drafts[0], flowId: '../../evil' }] } })]);
    expect([hostile.exitCode, hostile.stderr]).toEqual([1, expect.stringContaining('no id that could be a file name')]);
  });

  it('remove ends it', async () => {
    expect(await cli(['source', 'remove', 'piped'])).toEqual({ exitCode: 0, stdout: 'Source piped is removed.', stderr: '' });
    expect(await cli(['source', 'show', 'piped'])).toEqual({ exitCode: 1, stdout: '', stderr: 'Source "piped" was not found.' });
  });

  it('needs the secret of the installation, and an id', async () => {
    expect((await cli(['source', 'list'], { SIGNALBOX_SECRET: 'short' })).stderr).toContain('SIGNALBOX_SECRET');
    expect(await cli(['source', 'show'])).toEqual({ exitCode: 2, stdout: '', stderr: '"source show" needs <id>. See --help.' });
  });
});

describe('contract validate', () => {
  it('checks a file together with what is in force', async () => {
    const sound = file('usage.yaml', flowText({ id: 'usage', channel: '{ source: from-env, kind: table, table: usage }' }));
    expect(await cli(['contract', 'validate', sound])).toEqual({ exitCode: 0, stdout: 'No problems: Flow usage 0.0.0 can be put into the contract folder.', stderr: '' });
    const wrong = await cli(['contract', 'validate', file('wrong.yaml', flowText({ channel: '{ source: nowhere, kind: table, table: usage }' }))]);
    expect([wrong.exitCode, wrong.stdout]).toEqual([1, expect.stringMatching(/^wrong\.yaml:8 source-unknown: Flow orders: the source "nowhere"/)]);
    expect((await cli(['contract', 'validate', join(dataDir, 'none.yaml')])).stderr).toContain('cannot be read (ENOENT)');
  });
});
