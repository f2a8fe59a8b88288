import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { emptyMappedRecord, type BacklogSample, type FailedMessage, type TapMessage } from '@/server/domain/taps/facts';
import { databaseNow } from '@/server/services/leases/database-clock';
import { heldLeases } from '@/server/services/leases/held-leases';
import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { connectPostgres, type Database } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { IngestCounter } from '../ingest/ingest-counter';
import type { Logger } from '../logger';
import type { Connector, TapContext } from './connector';
import { LEASE_MS, takeLease } from './held-lease';
import { startTapRunner } from './tap-runner';
import { startTapStore, type SinkOwner } from './tap-store';

let postgres: TestPostgres;
let engine: TestClickHouse;
let db: Database;
let clickhouse: ClickHouse;
let close: () => Promise<void>;

beforeAll(async () => {
  [postgres, engine] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  await Promise.all([migratePostgres(postgres.url), migrateClickHouse(engine.writerUrl)]);
  const connection = connectPostgres(postgres.url);
  db = connection.db;
  clickhouse = connectClickHouse(engine.writerUrl, { name: 'test' });
  close = async () => {
    await connection.close();
    await clickhouse.close();
  };
});
afterAll(async () => {
  await close();
  await Promise.all([postgres.drop(), engine.drop()]);
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}

describe('a lease in hand', () => {
  const name = () => `tap ${randomUUID()}`;

  it('belongs to one process, and passes on with a higher fence', async () => {
    const lease = name();
    const first = await takeLease(db, lease, 'a');
    expect(first?.isHeld()).toBe(true);
    expect(await takeLease(db, lease, 'b')).toBeNull();
    await first!.release();
    expect(first!.isHeld()).toBe(false);
    expect(first!.signal.aborted).toBe(true);
    const second = await takeLease(db, lease, 'b');
    expect(second!.fence).toBeGreaterThan(first!.fence);
    await second!.release();
  });

  it('is judged by the clock of the database: a process whose own is an hour ahead does not take it', async () => {
    const held = name();
    const lease = await takeLease(db, held, 'a');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    try {
      expect(await takeLease(db, held, 'b')).toBeNull();
      expect(await heldLeases(db, [held, 'tap nobody'], await databaseNow(db))).toEqual(new Set([held]));
    } finally {
      vi.useRealTimers();
    }
    await lease!.release();
    expect(await heldLeases(db, [held], await databaseNow(db))).toEqual(new Set());
  });

  it('is kept beyond its length as long as it is renewed', async () => {
    const lease = await takeLease(db, name(), 'a');
    const end = performance.now() + LEASE_MS + 1_000;
    await until(() => performance.now() > end || !lease!.isHeld());
    expect(lease!.isHeld()).toBe(true);
    await lease!.release();
  });

  it('is lost when another process has taken it, at the next renewal', async () => {
    const held = name();
    const lease = await takeLease(db, held, 'a');
    // As if it had expired while this process slept.
    await db.execute(`update leases set owner = 'b', fence = fence + 1, expires_at = now() + interval '1 hour' where name = '${held}'`);
    await until(() => lease!.signal.aborted);
    expect(lease!.isHeld()).toBe(false);
    await lease!.release();
    expect(await db.query.leases.findFirst({ where: (row, { eq }) => eq(row.name, held) })).toMatchObject({ owner: 'b' });
  });

  it('ends by itself while Postgres does not answer', async () => {
    const own = connectPostgres(postgres.url);
    const lease = await takeLease(own.db, name(), 'a');
    await own.close();
    await until(() => !lease!.isHeld());
    expect(lease!.signal.aborted).toBe(true);
  });
});

describe('a tap that fails', () => {
  it('leaves nothing behind that may still act when it is started again', async () => {
    const lives: { context: TapContext; wasFormerEnded: boolean }[] = [];
    const connector = {
      tap: async (_: unknown, context: TapContext) => {
        lives.push({ context, wasFormerEnded: lives.every((former) => former.context.signal.aborted && !former.context.isHeld()) });
        if (lives.length === 1) throw new Error('The first life fails.');
        await new Promise<void>((resolve) => { context.signal.addEventListener('abort', () => resolve(), { once: true }); });
      },
    } as unknown as Connector;
    const settings = { host: 'db.internal', port: 5432, database: 'erp', schemas: [], encryption: 'disable' as const, pollSeconds: 2 };
    const source = { id: randomUUID(), name: 'ERP database', system: 'erp', kind: 'postgres' as const, settings, observe: null, levers: null };
    const logger = { info: () => undefined, warn: () => undefined } as unknown as Logger;
    const store = startTapStore({ clickhouse, counter: new IngestCounter() });
    const runner = startTapRunner({ installation: 'test',
      db, connector, logger, store, owner: 'a', contracts: () => { throw new Error('Nobody asks.'); }, mayTry: () => true,
      configured: { id: source.id, name: source.name, revision: '1', problem: null, source },
    });
    await until(() => lives.length === 2);
    expect(lives.map(({ wasFormerEnded }) => wasFormerEnded)).toEqual([true, true]);
    expect(lives[1]!.context.isHeld()).toBe(true);
    await runner.stop();
    expect(lives[1]!.context.isHeld()).toBe(false);
    await store.stop(1_000);
  });
});

const owner = (fence: bigint, isHeld = () => true): SinkOwner => ({ fence, isHeld, signal: new AbortController().signal });

function sample(overrides: Partial<BacklogSample>): BacklogSample {
  return {
    kind: 'backlogSample', sourceId: 'rabbit', channelId: 'rabbit:queue:/:q', partition: '', sampleTime: 1_764_000_000_000, ok: true, error: '', channelType: 'classic', state: 'running',
    waiting: 3n, inFlight: 0n, failed: null, held: null, consumers: 2, counters: { epoch: 'e1', entered: 9_007_199_254_740_993n, delivered: null, left: 1n, redelivered: 0n },
    bytes: 10n, oldestAgeMs: 1_500, ageMethod: 'head', ageNote: '', ...overrides,
  };
}

describe('the store of taps', () => {
  const counter = new IngestCounter();

  it('keeps 64-bit counters exact, instants to the millisecond, and what is not known as null', async () => {
    const store = startTapStore({ clickhouse, counter });
    store.sinkFor('rabbit', owner(1n)).samples([sample({ sampleTime: 1_764_000_000_123 }), { kind: 'sourceSample', sourceId: 'rabbit', sampleTime: 1_764_000_000_000, ok: false, error: 'refused', latencyMs: 12.6, alarms: ['memory:rabbit@a'], blockedConnections: null, channels: 0, clockDifferenceMs: -1500.4 }]);
    await until(() => store.state().bufferedSamples === 0);
    const [row] = await clickhouse.query({ name: 'test', sql: 'SELECT toUnixTimestamp64Milli(SampleTime) AS at, Entered, Delivered, Failed, OldestAgeMs FROM backlog_samples FINAL', schema: z.record(z.string(), z.unknown()) });
    expect(row).toEqual({ at: '1764000000123', Entered: '9007199254740993', Delivered: null, Failed: null, OldestAgeMs: '1500' });
    const [source] = await clickhouse.query({ name: 'test', sql: 'SELECT Ok, LatencyMs, Alarms, BlockedConnections, ClockDifferenceMs FROM source_samples', schema: z.record(z.string(), z.unknown()) });
    expect(source).toEqual({ Ok: false, LatencyMs: 13, Alarms: ['memory:rabbit@a'], BlockedConnections: null, ClockDifferenceMs: '-1500' });
    await store.stop(1_000);
  });

  it('counts a look once, and the later holder of the lease wins, whoever writes last', async () => {
    const store = startTapStore({ clickhouse, counter });
    const [later, earlier] = [store.sinkFor('r2', owner(8n)), store.sinkFor('r2', owner(7n))];
    for (const [sink, waiting] of [[later, 8n], [earlier, 7n], [earlier, 6n]] as const) {
      sink.samples([sample({ sourceId: 'r2', waiting })]);
      await until(() => store.state().bufferedSamples === 0);
    }
    expect(await clickhouse.query({ name: 'test', sql: `SELECT Waiting FROM backlog_samples FINAL WHERE SourceId = 'r2'`, schema: z.object({ Waiting: z.string() }) })).toEqual([{ Waiting: '8' }]);
    await store.stop(1_000);
  });

  it('writes nothing for a tap that lost its lease', async () => {
    const store = startTapStore({ clickhouse, counter });
    const sink = store.sinkFor('r3', owner(1n, () => false));
    sink.samples([sample({ sourceId: 'r3' })]);
    await expect(sink.messages([message('r3', 'a')])).rejects.toThrow('nothing was written');
    expect(store.state().bufferedSamples).toBe(0);
    await store.stop(1_000);
  });

  it('answers for messages when they are stored, and finds and counts the one that ClickHouse refuses', async () => {
    const store = startTapStore({ clickhouse, counter });
    const sink = store.sinkFor('r4', owner(1n));
    const spoiled = { ...message('r4', 'bad'), mapped: { ...emptyMappedRecord(), amount: 'not a number' } };
    await sink.messages([message('r4', 'a'), spoiled, message('r4', 'b'), failure('r4', 'x')]);
    expect(await clickhouse.query({ name: 'test', sql: `SELECT CopyKey FROM tap_messages WHERE SourceId = 'r4' ORDER BY CopyKey`, schema: z.object({ CopyKey: z.string() }) })).toEqual([{ CopyKey: 'a' }, { CopyKey: 'b' }]);
    expect(counter.take()).toContainEqual(expect.objectContaining({ kind: 'tap-undecodable', count: 1 }));
    await sink.messages([{ ...failure('r4', 'x'), state: 'resolved', seenAt: 1_764_000_009_000 }]);
    expect(await clickhouse.query({ name: 'test', sql: `SELECT ItemKey, State, Amount FROM failed_messages FINAL WHERE SourceId = 'r4'`, schema: z.record(z.string(), z.unknown()) })).toEqual([{ ItemKey: 'x', State: 'resolved', Amount: 12.5 }]);
    await store.stop(1_000);
  });

  it('takes for failed no more what left while nobody watched, and keeps what is still there or came later', async () => {
    const store = startTapStore({ clickhouse, counter });
    const sink = store.sinkFor('r6', owner(2n));
    const other = { ...failure('r6', 'a'), channelId: 'r6:queue:/:other' };
    await sink.messages([failure('r6', 'a'), failure('r6', 'b'), { ...failure('r6', 'later'), seenAt: 1_764_000_500_000 }, other]);
    expect(await sink.resolveFailures('r6:queue:/:dead', { seenBefore: 1_764_000_100_000, stillFailed: new Set(['b']) })).toBe(1);
    expect(await sink.resolveFailures('r6:queue:/:dead', { seenBefore: 1_764_000_100_000, stillFailed: new Set(['b']) })).toBe(0);
    const rows = await clickhouse.query({
      name: 'test', sql: `SELECT ItemKey, ChannelId LIKE '%other' AS other, State, toString(Amount) AS amount, FlowId FROM failed_messages FINAL WHERE SourceId = 'r6' ORDER BY ItemKey, other`,
      schema: z.object({ ItemKey: z.string(), other: z.number(), State: z.string(), amount: z.string(), FlowId: z.string() }),
    });
    expect(rows.map(({ ItemKey, other: isOther, State, amount }) => [ItemKey, isOther, State, amount])).toEqual([['a', 0, 'resolved', '12.5'], ['a', 1, 'failed', '12.5'], ['b', 0, 'failed', '12.5'], ['later', 0, 'failed', '12.5']]);
    // It can fail again.
    await sink.messages([{ ...failure('r6', 'a'), seenAt: Date.now() + 1_000 }]);
    expect(await clickhouse.query({ name: 'test', sql: `SELECT State FROM failed_messages FINAL WHERE SourceId = 'r6' AND ItemKey = 'a' AND ChannelId LIKE '%dead'`, schema: z.object({ State: z.string() }) })).toEqual([{ State: 'failed' }]);
    await store.stop(1_000);
  });

  it('keeps samples while ClickHouse is away, within bounds, and says so', async () => {
    const unreachable = connectClickHouse(engine.writerUrl.replace(/:\d+\//, ':1/'), { name: 'test' });
    const own = new IngestCounter();
    const store = startTapStore({ clickhouse: unreachable, counter: own });
    const sink = store.sinkFor('r5', owner(1n));
    sink.samples([sample({ sourceId: 'r5' })]);
    await until(() => store.state().failingSince !== null);
    expect(store.state()).toMatchObject({ bufferedSamples: 1, lastError: expect.stringContaining('not reachable') as unknown });
    sink.samples(Array.from({ length: 120_000 }, (_, index) => sample({ sourceId: 'r5', sampleTime: index })));
    expect(store.state().bufferedSamples).toBe(120_000);
    expect(own.take()).toEqual([{ kind: 'tap-samples-dropped', subject: 'r5', count: 1 }]);
    await store.stop(0);
    await unreachable.close();
  });
});

function message(sourceId: string, copyKey: string): TapMessage {
  return {
    kind: 'tapMessage', sourceId, channelId: `${sourceId}:queue:/:q`, exchange: 'x', routingKey: 'k', copyKey, seenAt: 1_764_000_000_000, publishedAt: null, sizeBytes: 5, contentType: '',
    traceId: '', spanId: '', nativeMessageId: '', isDerivedId: true, mapped: emptyMappedRecord(), headerNames: ['a'], headers: { a: 'b' }, body: '',
  };
}

function failure(sourceId: string, itemKey: string): FailedMessage {
  return {
    kind: 'failedMessage', sourceId, channelId: `${sourceId}:queue:/:dead`, originChannelId: `${sourceId}:queue:/:q`, itemKey, state: 'failed', failedAt: 1_764_000_000_000, seenAt: 1_764_000_001_000,
    mapped: { ...emptyMappedRecord(), amount: '12.50', currency: 'USD' }, nativeReason: 'rejected', errorText: '', attempts: 3, originExchange: 'x', originRoutingKey: 'k',
    deaths: [{ queue: 'q', reason: 'rejected', count: '9007199254740993', exchange: 'x', routingKeys: ['k'], time: '' }], sizeBytes: 5, body: '',
  };
}

