import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { FACILITIES, SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import { mapSpan } from '@/server/domain/mapping/testing/mapper-of';
import { loadActiveContracts } from '@/server/services/contracts/load-active-contracts';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { startContractRuntime, type ContractChange, type ContractRuntime } from './start-contract-runtime';

const WAIT = { timeout: 20_000, interval: 25 };
const logger = pino({ level: 'silent' });
const orders = (version: string) => flowText({ metadata: `version: ${version}` });
const another = flowText({ id: 'status', channel: '{ source: erp-api, kind: route, method: GET, path: /po/v1/orders }' });

describe('contracts of a running collector', () => {
  let database: TestPostgres;
  let postgres: PostgresConnection;
  let dir: string;
  const running: ContractRuntime[] = [];
  beforeAll(async () => {
    database = await createTestPostgres();
    await migratePostgres(database.url);
    postgres = connectPostgres(database.url);
  });
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'signalbox-contracts-'));
    for (const table of [schema.activeContracts, schema.contractVersions, schema.contractProblems]) await postgres.db.delete(table);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((runtime) => runtime.stop()));
    await rm(dir, { recursive: true, force: true });
  });

  const write = (name: string, text: string) => writeFile(join(dir, name), text);
  async function start(options: { db?: PostgresConnection['db']; onChange?: (change: ContractChange) => void; folder?: string } = {}): Promise<ContractRuntime> {
    const runtime = await startContractRuntime({ dir: options.folder ?? dir, db: options.db ?? postgres.db, tokenKey: Buffer.alloc(32, 7), tokenKeyId: 'k1', logger, pollMs: 200, onChange: options.onChange });
    running.push(runtime);
    return runtime;
  }
  const flows = (runtime: ContractRuntime) => runtime.set().flows.map(({ metadata }) => `${metadata.id} ${metadata.version}`);
  const stored = async () => (await loadActiveContracts(postgres.db)).set.flows.map(({ metadata }) => `${metadata.id} ${metadata.version}`);
  const problems = async () => (await postgres.db.query.contractProblems.findMany()).map(({ file, rule }) => `${file} ${rule}`).toSorted();
  const settled = (runtime: ContractRuntime) => vi.waitFor(() => expect(runtime.isStored()).toBe(true), WAIT);

  it('are ready when it has started, and stored soon after', async () => {
    await write('sources.yaml', SOURCES);
    await write('orders.yaml', orders('1.0.0'));
    const runtime = await start();
    const span = { kind: 'Server', attributes: { 'server.address': 'erp.local', 'server.port': '8080', 'http.request.method': 'POST', 'http.route': '/po/v1/orders' } } as const;
    expect(mapSpan(runtime.mapper(), span)).toMatchObject({ flowId: 'orders', hopId: 'post', leg: 'leave', contractVersion: '1.0.0' });
    await settled(runtime);
    expect(await stored()).toEqual(['orders 1.0.0']);
  });

  it.each([
    ['written in place', (text: string) => write('orders.yaml', text)],
    ['replaced by renaming, as editors do', async (text: string) => {
      await write('.orders.yaml.swp', text);
      await rename(join(dir, '.orders.yaml.swp'), join(dir, 'orders.yaml'));
    }],
    ['emptied, then written in pieces', async (text: string) => {
      await write('orders.yaml', '');
      for (let end = 0; end < text.length; end += 40) await write('orders.yaml', text.slice(0, end));
      await write('orders.yaml', text);
    }],
  ])('follow a file that is %s', async (_, change) => {
    await write('sources.yaml', SOURCES);
    await write('orders.yaml', orders('1.0.0'));
    const changes: ContractChange[] = [];
    const runtime = await start({ onChange: (seen) => changes.push(seen) });
    const before = runtime.mapper();
    await change(orders('2.0.0'));
    await vi.waitFor(() => expect(flows(runtime)).toEqual(['orders 2.0.0']), WAIT);
    expect(runtime.mapper().version).not.toBe(before.version);
    expect(changes[0]?.previousMapper).toBe(before);
    expect(changes.at(-1)?.mapper).toBe(runtime.mapper());
    expect(changes.every(({ set }) => set.flows.length === 1)).toBe(true);
    await vi.waitFor(async () => expect(await stored()).toEqual(['orders 2.0.0']), WAIT);
  });

  it('follow new folders, new files and removed files', async () => {
    await write('sources.yaml', SOURCES);
    const runtime = await start();
    await mkdir(join(dir, 'erp'));
    await write('erp/orders.yaml', orders('1.0.0'));
    await vi.waitFor(() => expect(flows(runtime)).toEqual(['orders 1.0.0']), WAIT);
    await write('erp/status.yaml', another);
    await vi.waitFor(() => expect(flows(runtime)).toEqual(['orders 1.0.0', 'status 0.0.0']), WAIT);
    await rm(join(dir, 'erp', 'orders.yaml'));
    await vi.waitFor(() => expect(flows(runtime)).toEqual(['status 0.0.0']), WAIT);
    await vi.waitFor(async () => expect(await stored()).toEqual(['status 0.0.0']), WAIT);
  });

  it('stay at the last good version while a file is wrong, also over a restart, and say so', async () => {
    await write('sources.yaml', SOURCES);
    await write('orders.yaml', orders('1.0.0'));
    const first = await start();
    await settled(first);
    await write('orders.yaml', flowText({ metadata: 'version: 2.0.0\ncolour: red' }));
    await vi.waitFor(async () => expect(await problems()).toEqual(['orders.yaml unknown-key']), WAIT);
    expect(flows(first)).toEqual(['orders 1.0.0']);
    await first.stop();

    const second = await start();
    expect(flows(second)).toEqual(['orders 1.0.0']);
    await write('orders.yaml', orders('2.0.1'));
    await vi.waitFor(() => expect(flows(second)).toEqual(['orders 2.0.1']), WAIT);
    await vi.waitFor(async () => expect(await problems()).toEqual([]), WAIT);
  });

  it('are none in a folder that is missing or empty, until files appear', async () => {
    const folder = join(dir, 'later');
    const runtime = await start({ folder });
    expect(flows(runtime)).toEqual([]);
    await settled(runtime);
    expect(await problems()).toEqual([]);
    await mkdir(folder);
    await write('later/all.yaml', `${SOURCES}---\n${FACILITIES}---\n${orders('1.0.0')}`);
    await vi.waitFor(() => expect(flows(runtime)).toEqual(['orders 1.0.0']), WAIT);
  });

  it('stay when the folder goes away, which is said', async () => {
    await write('all.yaml', `${SOURCES}---\n${orders('1.0.0')}`);
    const runtime = await start();
    await settled(runtime);
    await rename(dir, `${dir}-away`);
    try {
      await vi.waitFor(async () => expect(await problems()).toEqual([`${dir} folder-unreadable`]), WAIT);
      expect(flows(runtime)).toEqual(['orders 1.0.0']);
      expect(await stored()).toEqual(['orders 1.0.0']);
    } finally {
      await rename(`${dir}-away`, dir);
    }
    await vi.waitFor(async () => expect(await problems()).toEqual([]), WAIT);
  });

  it('do not wait for Postgres, and are stored when it answers', async () => {
    await write('sources.yaml', SOURCES);
    await write('orders.yaml', orders('1.0.0'));
    const late = await createTestPostgres();
    const connection = connectPostgres(late.url);
    try {
      const runtime = await start({ db: connection.db }); // without tables every query fails
      expect(flows(runtime)).toEqual(['orders 1.0.0']);
      expect(runtime.isStored()).toBe(false);
      await migratePostgres(late.url);
      await settled(runtime);
      expect((await loadActiveContracts(connection.db)).set.flows).toHaveLength(1);
      await runtime.stop();
    } finally {
      await connection.close();
      await late.drop();
    }
  });

  it('get back the last good version from Postgres that was away at start', async () => {
    await write('sources.yaml', SOURCES);
    await write('orders.yaml', orders('1.0.0'));
    const first = await start();
    await settled(first);
    await first.stop();
    await write('orders.yaml', 'kind: [');

    let isAway = true;
    const flaky = new Proxy(postgres.db, {
      get: (db, name, receiver) => {
        if (isAway) throw new Error('connection refused');
        return Reflect.get(db, name, receiver) as unknown;
      },
    });
    const second = await start({ db: flaky });
    expect(flows(second)).toEqual([]);
    isAway = false;
    await vi.waitFor(() => expect(flows(second)).toEqual(['orders 1.0.0']), WAIT);
    await settled(second);
    expect(await stored()).toEqual(['orders 1.0.0']);
    expect(await problems()).toEqual(['orders.yaml yaml-syntax']);
  });
});
