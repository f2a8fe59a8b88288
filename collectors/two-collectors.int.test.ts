/** Two collector processes share the sources; one dies, the other is put to sleep and wakes up again. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { connectPostgres, type Database } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { startCollectors, type CollectorProcess } from './testing/collector-process';

const SOURCES = ['erp-db', 'billing-db'] as const;

let product: TestPostgres;
let engine: TestClickHouse;
let customers: TestPostgres[];
let folder: string;
let db: Database;
let clickhouse: ClickHouse;
let close: () => Promise<void>;
const running: CollectorProcess[] = [];

beforeAll(async () => {
  [product, engine] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  customers = [await createTestPostgres(), await createTestPostgres()];
  await Promise.all([migratePostgres(product.url), migrateClickHouse(engine.writerUrl)]);
  for (const { url } of customers) await fillInterfaceTable(url);
  folder = await mkdtemp(join(tmpdir(), 'signalbox-two-collectors-'));
  await writeFile(join(folder, 'contracts.yaml'), contracts());
  const connection = connectPostgres(product.url);
  db = connection.db;
  clickhouse = connectClickHouse(engine.writerUrl, { name: 'test' });
  close = async () => {
    await connection.close();
    await clickhouse.close();
  };
});
afterAll(async () => {
  for (const collectors of running) {
    process.kill(collectors.pid, 'SIGCONT');
    await collectors.kill();
  }
  await close();
  for (const database of [product, engine, ...customers]) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function fillInterfaceTable(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create table public.orders (id bigint primary key, status text not null, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create index on public.orders (status, created_at); insert into public.orders (id, status) select i, 'N' from generate_series(1, 25) i`);
  await client.end();
}

/** One source more than can be reached: it must not delay the others. */
function contracts(): string {
  const source = (id: string, url: URL) => `  - { id: ${id}, system: erp, kind: postgres, connect: { host: ${url.hostname}, port: ${url.port}, database: ${url.pathname.slice(1)}, encryption: disable, pollSeconds: 2, user: ${url.username}, password: { env: CUSTOMER_PASSWORD } } }`;
  const flow = (id: string) => `---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: ${id}-orders }
spec:
  path:
    - { id: orders, channel: { source: ${id}, kind: table, table: orders, key: id, status: { column: status, pending: N, inProgress: P, done: C, error: E }, createdAt: created_at, updatedAt: updated_at } }
`;
  const [erp, billing] = customers.map(({ url }) => new URL(url));
  return `apiVersion: signalbox/v1
kind: Sources
systems: [{ id: erp, name: ERP }]
sources:
${source('erp-db', erp!)}
${source('billing-db', billing!)}
  - { id: dead-db, system: erp, kind: postgres, connect: { host: 127.0.0.1, port: 1, database: none, encryption: disable, pollSeconds: 2, user: nobody, password: { env: CUSTOMER_PASSWORD } } }
${flow('erp-db')}${flow('billing-db')}${flow('dead-db')}`;
}

async function start(): Promise<CollectorProcess> {
  const collectors = await startCollectors({
    DATABASE_URL: product.url, CLICKHOUSE_URL: engine.writerUrl, CONTRACTS_DIR: folder, SIGNALBOX_DATA_DIR: folder, COLLECTORS_ROLES: 'taps',
    SIGNALBOX_SECRET: Buffer.alloc(32, 3).toString('base64'), CUSTOMER_PASSWORD: new URL(customers[0]!.url).password,
  });
  running.push(collectors);
  return collectors;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50);
}

/** Which process taps each source, by what the taps report themselves. */
async function holders(): Promise<Map<string, { pid: string; fence: bigint; status: string }>> {
  const rows = await db.query.componentReports.findMany({ where: (row, { eq }) => eq(row.component, 'tap') });
  return new Map(rows.map(({ instance, status, detail }) => {
    const { instance: process, fence } = detail as { instance: string; fence?: string };
    return [instance, { pid: process.split(':').at(-1) ?? '', fence: BigInt(fence ?? 0), status }];
  }));
}

async function samplesOf(sourceId: string) {
  return clickhouse.query({
    name: 'test', sql: `SELECT Fence, toUnixTimestamp64Milli(SampleTime) AS at, Ok, Waiting FROM backlog_samples WHERE SourceId = {sourceId:String} ORDER BY SampleTime, Fence`, params: { sourceId },
    schema: z.object({ Fence: z.coerce.bigint(), at: z.coerce.number(), Ok: z.boolean(), Waiting: z.string().nullable() }),
  });
}

const sampledBy = (sourceId: string, fence: bigint) => async () => (await samplesOf(sourceId)).some((sample) => sample.Fence === fence && sample.Ok);

/** Nobody wrote for an instant that a later holder had already looked at. */
async function expectNoLateAct(sourceId: string): Promise<void> {
  const samples = await samplesOf(sourceId);
  const fences = [...new Set(samples.map(({ Fence }) => Fence))].toSorted((a, b) => (a < b ? -1 : 1));
  for (const fence of fences) {
    const first = Math.min(...samples.filter((sample) => sample.Fence === fence).map(({ at }) => at));
    expect(samples.filter((sample) => sample.Fence < fence && sample.at > first)).toEqual([]);
  }
  const counted = samples.filter(({ Ok }) => Ok);
  expect(counted.length).toBeGreaterThan(0);
  expect(counted.every(({ Waiting }) => Waiting === '25')).toBe(true);
}

it('is shared, handed over and taken over without a doubled sample or a late act', { timeout: 240_000 }, async () => {
  const [first, second] = [await start(), await start()];
  const isShared = async (pids: readonly number[]) => {
    const held = await holders();
    return new Set(SOURCES.map((id) => held.get(id)?.pid)).size <= 2 && pids.every((pid) => [...held.values()].some((holder) => holder.pid === String(pid)));
  };
  await until(() => isShared([first.pid, second.pid]));
  for (const id of SOURCES) await until(async () => sampledBy(id, (await holders()).get(id)!.fence)());

  // The source that does not answer says so, and the others are tapped meanwhile.
  await until(async () => (await holders()).get('dead-db')?.status === 'down');
  const failedLooks = await samplesOf('dead-db');
  expect(failedLooks.every(({ Ok, Waiting }) => !Ok && Waiting === null)).toBe(true);

  const before = await holders();
  await first.kill();
  running.splice(running.indexOf(first), 1);
  const orphaned = SOURCES.filter((id) => before.get(id)!.pid === String(first.pid));
  for (const id of orphaned) {
    await until(async () => (await holders()).get(id)!.pid === String(second.pid));
    await until(async () => sampledBy(id, (await holders()).get(id)!.fence)());
  }

  const third = await start();
  await until(() => isShared([second.pid, third.pid]));
  for (const id of SOURCES) await until(async () => sampledBy(id, (await holders()).get(id)!.fence)());

  const asleep = await holders();
  process.kill(second.pid, 'SIGSTOP');
  const taken = [...SOURCES].filter((id) => asleep.get(id)!.pid === String(second.pid));
  for (const id of taken) {
    await until(async () => (await holders()).get(id)!.fence > asleep.get(id)!.fence);
    await until(async () => sampledBy(id, (await holders()).get(id)!.fence)());
  }
  process.kill(second.pid, 'SIGCONT');
  // It is awake again when it takes part again.
  await until(() => isShared([second.pid, third.pid]));
  for (const id of SOURCES) await until(async () => sampledBy(id, (await holders()).get(id)!.fence)());
  for (const id of SOURCES) await expectNoLateAct(id);
});
