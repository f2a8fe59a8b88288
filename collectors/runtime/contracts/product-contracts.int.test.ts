import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import { loadActiveContracts } from '@/server/services/contracts/load-active-contracts';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { startContractRuntime, type ContractRuntime } from './start-contract-runtime';

const WAIT = { timeout: 20_000, interval: 25 };
const logger = pino({ level: 'silent' });
const waiting = (id: string, source = 'plant-db') => flowText({ id, channel: `{ source: ${source}, kind: table, table: ${id} }` });

describe('sources and flows of the product', () => {
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
    for (const table of [schema.activeContracts, schema.contractVersions, schema.contractProblems, schema.sourceConnections, schema.consoleDocuments]) await postgres.db.delete(table);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((runtime) => runtime.stop()));
    await rm(dir, { recursive: true, force: true });
  });

  const write = (name: string, text: string) => writeFile(join(dir, name), text);
  async function start(db: PostgresConnection['db'] = postgres.db): Promise<ContractRuntime> {
    const runtime = await startContractRuntime({ dir, db, tokenKey: Buffer.alloc(32, 7), tokenKeyId: 'k1', logger, pollMs: 50 });
    running.push(runtime);
    return runtime;
  }
  const flows = (runtime: ContractRuntime) => runtime.set().flows.map(({ metadata }) => metadata.id);
  const sources = (runtime: ContractRuntime) => runtime.set().sources.map(({ id }) => id);
  const files = async () => (await loadActiveContracts(postgres.db)).documents.map(({ file }) => file).toSorted();
  const problems = async () => (await postgres.db.query.contractProblems.findMany()).map(({ file, rule }) => `${file} ${rule}`).toSorted();
  const at = new Date();
  const addSource = (sourceId: string, told: { system?: string; systemName?: string } = {}) => postgres.db.insert(schema.sourceConnections).values({
    sourceId, name: `Source ${sourceId}`, system: told.system ?? 'plant', systemName: told.systemName ?? 'Plant', kind: 'postgres', match: [{ address: `${sourceId}.internal` }],
    settings: {}, createdBy: 'test', createdAt: at, updatedBy: 'test', updatedAt: at,
  });
  const addFlow = (documentId: string, yaml: string) => postgres.db.insert(schema.consoleDocuments).values({ kind: 'Flow', documentId, yaml, updatedBy: 'test', updatedAt: at });

  it('come into force while collectors run, without any file, and go again', async () => {
    const runtime = await start();
    expect(flows(runtime)).toEqual([]);
    await addSource('plant-db');
    await addFlow('batches', waiting('batches'));
    await vi.waitFor(() => expect(flows(runtime)).toEqual(['batches']), WAIT);
    expect(runtime.set().systems).toEqual([{ id: 'plant', name: 'Plant' }]);
    await vi.waitFor(async () => expect(await files()).toEqual(['console/flows/batches', 'console/sources/plant-db']), WAIT);
    await postgres.db.delete(schema.consoleDocuments);
    await vi.waitFor(async () => expect([flows(runtime), await files()]).toEqual([[], ['console/sources/plant-db']]), WAIT);
    expect(await problems()).toEqual([]);
  });

  it('serve flows of the folder, and the other way round', async () => {
    await write('sources.yaml', SOURCES);
    await write('batches.yaml', waiting('batches'));
    await addSource('plant-db', { system: 'erp', systemName: 'What the product calls it' });
    await addSource('plant-too', { system: 'erp', systemName: 'What the product calls it' });
    await addFlow('orders', waiting('orders', 'erp-db'));
    const runtime = await start();
    expect(flows(runtime)).toEqual(['batches', 'orders']);
    // A system that a file declares too is no contradiction: the file's name counts.
    expect(runtime.set().systems.find(({ id }) => id === 'erp')).toEqual({ id: 'erp', name: 'ERP' });
    await vi.waitFor(() => expect(runtime.isStored()).toBe(true), WAIT);
    expect(await problems()).toEqual([]);
  });

  it('do not take an id that a file has in force, nor the other way round', async () => {
    await write('all.yaml', `${SOURCES}---\n${waiting('orders', 'erp-db')}`);
    await addFlow('batches', waiting('batches', 'erp-db'));
    const runtime = await start();
    expect(flows(runtime)).toEqual(['batches', 'orders']);
    await addFlow('orders', waiting('orders', 'erp-db').replace('orders }', 'other }'));
    await addSource('erp-db');
    await vi.waitFor(async () => expect(await problems()).toEqual(['console/flows/orders duplicate-id', 'console/sources/erp-db duplicate-id']), WAIT);
    await write('batches.yaml', waiting('batches', 'erp-db'));
    await vi.waitFor(async () => expect(await problems()).toContain('batches.yaml duplicate-id'), WAIT);
    expect([flows(runtime), sources(runtime)]).toEqual([['batches', 'orders'], ['erp-api', 'erp-db', 'rabbit-main']]);
    await vi.waitFor(async () => expect(await files()).toEqual(['all.yaml', 'all.yaml', 'console/flows/batches']), WAIT);

    // The file takes over when the one of the product is removed.
    await postgres.db.delete(schema.consoleDocuments);
    await vi.waitFor(async () => expect(await files()).toEqual(['all.yaml', 'all.yaml', 'batches.yaml']), WAIT);
    expect(flows(runtime)).toEqual(['batches', 'orders']);
  });

  it('that are no flow are refused even when somebody writes them into the database', async () => {
    await addFlow('leak', SOURCES.replace('kind: postgres', 'kind: postgres, connect: { host: db, database: x, user: u, password: { file: /etc/shadow } }'));
    const runtime = await start();
    await vi.waitFor(async () => expect(await problems()).toEqual(['console/flows/leak console-flow']), WAIT);
    expect(sources(runtime)).toEqual([]);
  });

  it('stay while Postgres or the folder is away, and over a restart without them', async () => {
    await write('sources.yaml', SOURCES);
    await addSource('plant-db');
    await addFlow('batches', waiting('batches'));
    let isAway = false;
    const flaky = new Proxy(postgres.db, {
      get: (db, name, receiver) => {
        if (isAway) throw new Error('connection refused');
        return Reflect.get(db, name, receiver) as unknown;
      },
    });
    const first = await start(flaky);
    await vi.waitFor(() => expect(first.isStored()).toBe(true), WAIT);
    isAway = true;
    await write('more.yaml', waiting('more', 'erp-db'));
    await vi.waitFor(() => expect(flows(first)).toEqual(['batches', 'more']), WAIT);
    await first.stop();

    const second = await start(flaky);
    expect(flows(second)).toEqual(['more']);
    isAway = false;
    await vi.waitFor(() => expect(flows(second)).toEqual(['batches', 'more']), WAIT);
    await rename(dir, `${dir}-away`);
    try {
      await vi.waitFor(async () => expect(await problems()).toEqual([`${dir} folder-unreadable`]), WAIT);
      await addFlow('other', waiting('other'));
      await vi.waitFor(() => expect(flows(second)).toEqual(['batches', 'more', 'other']), WAIT);
    } finally {
      await rename(`${dir}-away`, dir);
    }
  });
});
