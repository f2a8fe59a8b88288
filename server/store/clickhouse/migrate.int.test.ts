import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startClickHouse, type RunningClickHouse } from '@/scripts/engines/clickhouse';
import { createTestClickHouse, type TestClickHouse } from '@/scripts/testing/databases';
import { connectClickHouse, type ClickHouse } from './client';
import { migrateClickHouse } from './migrate';
import { MIGRATIONS } from './migrations';

const tables = (clickhouse: ClickHouse) =>
  clickhouse.query({
    name: 'tables',
    sql: 'SELECT name, engine FROM system.tables WHERE database = {database:String} ORDER BY name',
    params: { database: clickhouse.database },
    schema: z.object({ name: z.string(), engine: z.string() }),
  });

describe('ClickHouse migrations on a single node', () => {
  let database: TestClickHouse;
  let clickhouse: ClickHouse;
  beforeAll(async () => {
    database = await createTestClickHouse();
    clickhouse = connectClickHouse(database.writerUrl, { name: 'test' });
  });
  afterAll(async () => {
    await clickhouse.close();
    await database.drop();
  });

  it('applies everything once, and nothing the second time', async () => {
    expect(await migrateClickHouse(database.writerUrl)).toEqual(MIGRATIONS.map((migration) => migration.name));
    const first = await tables(clickhouse);
    expect(first.map((table) => table.name)).toContain('otel_traces');
    expect(await migrateClickHouse(database.writerUrl)).toEqual([]);
    expect(await tables(clickhouse)).toEqual(first);
  });

  it('can be repeated after it died before the ledger was written', async () => {
    await clickhouse.command('TRUNCATE TABLE schema_migrations');
    expect(await migrateClickHouse(database.writerUrl)).toEqual(MIGRATIONS.map((migration) => migration.name));
  });

  it('refuses to turn a single node into a cluster in place', async () => {
    await expect(migrateClickHouse(database.writerUrl, { cluster: 'signalbox' })).rejects.toThrow(/already holds single-node tables/);
  });

  it('refuses a database of a newer version', async () => {
    await clickhouse.insertRows('schema_migrations', [{ Number: 9_999, Name: 'later', Target: 'single', Sha256: '', AppliedAt: '2030-01-01 00:00:00.000' }]);
    await expect(migrateClickHouse(database.writerUrl)).rejects.toThrow(/newer Signalbox/);
  });

  it('takes rows of a writer that knows only the exporter columns', async () => {
    await clickhouse.insertRows('otel_traces', [
      { Timestamp: '2026-01-05 10:00:00.123456789', TraceId: 'a'.repeat(32), SpanId: 'b'.repeat(16), SpanName: 'x', SpanAttributes: { 'signalbox.flow.id': 'orders', 'messaging.message.id': 'm-1' }, Duration: '5' },
    ]);
    const [row] = await clickhouse.query({
      name: 'foreign row',
      sql: 'SELECT FlowId, MessageId, Leg, toString(ReceivedAt) AS ReceivedAt FROM otel_traces',
      schema: z.object({ FlowId: z.string(), MessageId: z.string(), Leg: z.string(), ReceivedAt: z.string() }),
    });
    expect(row).toEqual({ FlowId: 'orders', MessageId: 'm-1', Leg: 'none', ReceivedAt: '2026-01-05 10:00:00.123' });
  });
});

describe('ClickHouse migrations on a cluster', () => {
  let folder: string;
  let engine: RunningClickHouse;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-cluster-'));
    // Replicas on the in-memory Keeper stay read-only, therefore an engine of its own that can be ended at any time.
    engine = await startClickHouse({ dataDir: folder, users: { writer: { password: 'w' }, reader: { password: 'r' } }, testKeeper: true });
  });
  afterAll(async () => {
    process.kill(engine.pid, 'SIGKILL');
    await engine.exited;
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('creates replicated local tables, distributed tables, and views on the local ones', async () => {
    const url = new URL(engine.url);
    url.username = engine.users.writer.user;
    url.password = engine.users.writer.password;
    url.pathname = '/signalbox_cluster';
    // The embedded engine has no queue for ON CLUSTER statements; ddl.test.ts checks that clause.
    await migrateClickHouse(url.href, { cluster: 'signalbox', onCluster: false });
    const clickhouse = connectClickHouse(url.href, { name: 'test' });
    const found = new Map((await tables(clickhouse)).map((table) => [table.name, table.engine]));
    await clickhouse.close();
    expect(found.get('otel_traces_local')).toBe('ReplicatedMergeTree');
    expect(found.get('otel_traces')).toBe('Distributed');
    expect(found.get('flow_minute_local')).toBe('ReplicatedAggregatingMergeTree');
    expect(found.get('hop_latency_minute_local')).toBe('ReplicatedReplacingMergeTree');
    expect(found.get('flow_minute_mv_local')).toBe('MaterializedView');
  });
});

it('numbers migrations without gaps or repeats', () => {
  expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});
