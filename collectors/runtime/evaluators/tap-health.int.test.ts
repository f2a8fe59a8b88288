import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { flowSchema } from '@/server/domain/contracts/flow-schema';
import type { BacklogSample, SourceSample } from '@/server/domain/taps/facts';
import { askChannelLooks, askNewestLooks } from '@/server/queries/channel-looks';
import { askNewestSourceSamples } from '@/server/queries/newest-source-samples';
import { askRecentFailures } from '@/server/queries/recent-failures';
import { listFlows } from '@/server/services/flows/list-flows';
import { readFlow } from '@/server/services/flows/read-flow';
import { holdLease, type Lease } from '@/server/services/leases/hold-lease';
import { plantContracts, plantReceiverReport } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { schema } from '@/server/store/postgres';
import { backlogRow, failedRow, sourceRow } from '../taps/tap-rows';
import { flowHealthJob } from './flow-health';
import { failedMessage, sampleOf, sourceSampleOf } from './tap-facts.builder';

const MINUTE = 60_000;
const POLL = 5_000;
/** Today: the partitions of what is planted are then within every retention. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE + 32_000;
const NEWEST = Math.floor(NOW / POLL) * POLL;

let stores: TestStores;
let lease: Lease;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.push(() => stores.close(), () => postgres.drop(), () => clickhouse.drop());
  const held = await holdLease(stores.db, 'tap-health-test', 'test', { now: new Date(NOW), ttlMs: 600_000 });
  if (!held) throw new Error('The lease is taken.');
  lease = held;
  const at = new Date(NOW);
  await stores.db.insert(schema.sourceConnections).values({
    sourceId: 'broker', name: 'Broker', system: 'middleware', systemName: 'Middleware', kind: 'rabbitmq', match: [],
    settings: { management: 'http://broker.test:15672', pollSeconds: 5 }, observeSecret: 'sealed', createdBy: 'test', createdAt: at, updatedBy: 'test', updatedAt: at,
  });
});

afterAll(async () => {
  for (const step of cleanUp) await step();
});

const plantLooks = (samples: readonly BacklogSample[], fence = 1n) => stores.clickhouse.insertRows('backlog_samples', samples.map((sample) => backlogRow(sample, fence)));
const plantSources = (samples: readonly SourceSample[], fence = 1n) => stores.clickhouse.insertRows('source_samples', samples.map((sample) => sourceRow(sample, fence)));
const queue = (name: string) => `broker:queue:/:${name}`;

/** Looks every five seconds up to `toMs`; `of` says what the look that many polls before the last one said. */
const looks = (channelId: string, count: number, of: (ago: number) => Partial<BacklogSample>, toMs = NEWEST) =>
  Array.from({ length: count }, (_, i) => count - 1 - i).map((ago) => sampleOf({ sourceId: 'broker', channelId, sampleTime: toMs - ago * POLL, ...of(ago) }));
const counted = (total: bigint, epoch = 'boot-1') => ({ epoch, entered: total, delivered: total, left: total, redelivered: 0n });

function contract(id: string, told: { deadLetter?: string; slo?: object } = {}) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id, name: `Flow ${id}`, version: '1.0.0', lifecycle: 'active', owner: {} },
    spec: {
      criticality: 'C2', slo: told.slo ?? { objective: 0.995 },
      path: [{ id: 'work', name: 'Work', channel: { source: 'broker', kind: 'queue', name: `${id}.work`, ...(told.deadLetter ? { deadLetter: { queue: told.deadLetter } } : {}) } }],
    },
  });
}

async function evaluateAt(nowMs: number, flows: ReturnType<typeof contract>[]): Promise<Record<string, { status: string; rule: string; reason: string }>> {
  await plantReceiverReport(stores.db, nowMs - 500, nowMs - 3 * 3_600_000, new Date(nowMs));
  await flowHealthJob({ ...stores, contracts: () => contractSetOf(flows), now: () => new Date(nowMs) }).run(lease);
  const rows = await stores.db.query.flowStatus.findMany();
  return Object.fromEntries(rows.map(({ flowId, status, rule, reason }) => [flowId, { status, rule, reason }]));
}

describe('samples, read exactly', () => {
  it('count once when two collectors wrote them, by what the later lease holder saw', async () => {
    const channelId = queue('doubled');
    await plantLooks(looks(channelId, 240, (ago) => ({ waiting: 5n, counters: counted(10_000n - BigInt(ago)) })), 2n);
    await plantLooks(looks(channelId, 240, () => ({ waiting: 999_999n, counters: counted(9_999_999_999n), ok: true })), 1n);
    const window = { sourceIds: ['broker'], channelIds: [channelId], fromMs: NOW - 65 * MINUTE, toMs: NOW };
    const [row] = await askChannelLooks(stores.clickhouse, { ...window, singlyMs: NOW - 130_000, quartersMs: NOW - 330_000 });
    expect(row?.looks.every(({ waiting }) => waiting === 5n)).toBe(true);
    expect(row?.looks.at(-1)).toEqual({ at: NEWEST, epoch: 'boot-1', waiting: 5n, inFlight: 2n, failed: null, consumers: 1, entered: 10_000n, left: 10_000n, redelivered: 0n });
    const times = row?.looks.map(({ at }) => at) ?? [];
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect(times.length).toBeLessThan(70);
    const [newest] = await askNewestLooks(stores.clickhouse, window);
    expect(newest).toMatchObject({ isFailing: false, look: { at: NEWEST, waiting: 5n, inFlight: 2n }, rest: { state: 'running', ageMethod: 'unknown' } });
  });

  it('keep totals beyond 2^53, and tell null from zero', async () => {
    const channelId = queue('large');
    const large = 2n ** 64n - 1n;
    await plantLooks([sampleOf({ sourceId: 'broker', channelId, sampleTime: NEWEST, waiting: null, consumers: null, counters: { ...counted(large), left: null } })]);
    const [row] = await askChannelLooks(stores.clickhouse, { sourceIds: ['broker'], channelIds: [channelId], fromMs: NOW - MINUTE, singlyMs: NOW - MINUTE, quartersMs: NOW - MINUTE, toMs: NOW });
    expect(row?.looks).toEqual([{ at: NEWEST, epoch: 'boot-1', waiting: null, inFlight: 2n, failed: null, consumers: null, entered: large, left: null, redelivered: 0n }]);
  });

  it('of a failing channel or source give the last success beside the failure', async () => {
    const channelId = queue('revoked');
    await plantLooks([
      ...looks(channelId, 3, () => ({ waiting: 7n }), NEWEST - 2 * POLL),
      ...looks(channelId, 2, () => ({ ok: false, error: 'The user was refused.', waiting: null, counters: null, inFlight: null, consumers: null })),
    ]);
    await plantSources([sourceSampleOf({ sourceId: 'lost', sampleTime: NEWEST - POLL, alarms: ['memory:rabbit@a'], blockedConnections: 2 }), sourceSampleOf({ sourceId: 'lost', sampleTime: NEWEST, ok: false, error: 'connection refused' })]);
    const [channel] = await askNewestLooks(stores.clickhouse, { sourceIds: ['broker'], channelIds: [channelId], fromMs: NOW - MINUTE, toMs: NOW });
    expect(channel).toMatchObject({ isFailing: true, lastMs: NEWEST, error: 'The user was refused.', hasSucceeded: true, look: { at: NEWEST - 2 * POLL, waiting: 7n } });
    const [source] = await askNewestSourceSamples(stores.clickhouse, { sourceIds: ['lost', 'never'], fromMs: NOW - MINUTE, toMs: NOW });
    expect(source).toMatchObject({ sourceId: 'lost', isFailing: true, error: 'connection refused', newest: { at: NEWEST - POLL, alarms: ['memory:rabbit@a'], blockedConnections: 2 } });
  });

  it('leave out failed messages that were resolved', async () => {
    const dead = failedMessage({ sourceId: 'broker', channelId: queue('resolved.dead'), failedAt: NOW - 10_000, mapped: { flowId: 'resolved', hopId: 'work', reason: 'ERP_503' } });
    await stores.clickhouse.insertRows('failed_messages', [
      failedRow({ ...dead, itemKey: 'a' }, 1n), failedRow({ ...dead, itemKey: 'b' }, 1n), failedRow({ ...dead, itemKey: 'b' }, 1n),
      failedRow({ ...dead, itemKey: 'a', state: 'resolved', seenAt: NOW - 1_000 }, 1n),
    ]);
    const rows = await askRecentFailures(stores.clickhouse, { fromMs: NOW - 5 * MINUTE, toMs: NOW });
    expect(rows.filter(({ flowId }) => flowId === 'resolved')).toEqual([{ flowId: 'resolved', hopId: 'work', channelId: queue('resolved.dead'), reason: 'ERP_503', failures: 1 }]);
  });
});

describe('health of flows that are only tapped', () => {
  it('sees what waits, what stopped, what restarted, what dies and what it cannot see', async () => {
    const moving = (perPoll: bigint) => (ago: number) => ({ waiting: 0n, counters: counted(1_000_000n - perPoll * BigInt(ago)) });
    const flows = [
      contract('steady'), contract('restarted'), contract('abandoned'), contract('dying', { deadLetter: 'dying.dead' }), contract('bystander', { deadLetter: 'dying.dead' }), contract('blind'),
      contract('draining', { slo: { objective: 0.995, backlog: { warn: 100, page: 5_000 } } }),
    ];
    await plantLooks([
      ...looks(queue('steady.work'), 200, moving(5n)),
      ...looks(queue('restarted.work'), 200, (ago) => ({ waiting: 0n, counters: ago > 24 ? counted(50_000_000n - 5n * BigInt(ago)) : counted(5n * BigInt(24 - ago), 'boot-2') })),
      ...looks(queue('abandoned.work'), 200, (ago) => ({ consumers: ago < 10 ? 0 : 1, waiting: ago < 10 ? 40n : 0n, counters: counted(1_000n) })),
      ...looks(queue('dying.work'), 200, moving(2n)),
      ...looks(queue('bystander.work'), 200, moving(2n)),
      ...looks(queue('dying.dead'), 200, (ago) => ({ waiting: 300n - BigInt(ago), consumers: 0, counters: counted(0n) })),
      ...looks(queue('draining.work'), 200, (ago) => ({ waiting: 600n + 20n * BigInt(ago), counters: { ...counted(0n), entered: 100_000n - 5n * BigInt(ago), left: 90_000n - 25n * BigInt(ago) } })),
      ...looks(queue('blind.work'), 20, moving(5n), NEWEST - MINUTE),
      ...looks(queue('blind.work'), 12, () => ({ ok: false, error: 'Broker does not answer within 4 s.', waiting: null, counters: null })),
    ]);
    await plantSources([sourceSampleOf({ sourceId: 'broker', sampleTime: NEWEST })]);
    await stores.clickhouse.insertRows('failed_messages', Array.from({ length: 40 }, (_, i) => failedRow(failedMessage({
      sourceId: 'broker', channelId: queue('dying.dead'), itemKey: `m-${i}`, failedAt: NOW - i * 5_000, mapped: { flowId: 'dying', hopId: 'work', reason: 'ERP_503' },
    }), 1n)));
    await plantContracts(stores.db, flows);

    const found = await evaluateAt(NOW, flows);
    expect(found).toMatchObject({
      steady: { status: 'healthy', rule: 'none' },
      restarted: { status: 'healthy', rule: 'none' },
      abandoned: { status: 'failing', rule: 'no-consumer', reason: 'No consumer for 45 s, and 40 messages wait' },
      dying: { status: 'failing', rule: 'dead-letters' },
      // Its dead letters would lie in the same queue; all that do are the other's.
      bystander: { status: 'healthy', rule: 'none' },
      blind: { status: 'unknown', rule: 'stale-tap' },
      draining: { status: 'degraded', rule: 'backlog-warn' },
    });
    expect(found.steady?.reason).toMatch(/^(2[89]\d|300) messages left in 5 min, nothing waits$/);
    expect(found.dying?.reason).toMatch(/^40 of \d+ messages were dead-lettered in 5 min, all ERP_503; the contract allows 0.5 %$/);
    expect(found.blind?.reason).toMatch(/^No data since \d\d:\d\d:\d\d UTC \(1 m 2 s\): Broker does not answer within 4 s$/);
    expect(found.draining?.reason).toMatch(/^recovering: drains by /);

    const context = { ...stores, actor: { kind: 'system' as const, name: 'test' }, now: () => new Date(NOW) };
    const restarted = (await readFlow(context, { flowId: 'restarted' })).hops[0]?.backlog;
    expect(restarted).toMatchObject({ enteredPerMinute: 60, leftPerMinute: 60, waiting: '0', problem: null });
    const draining = (await readFlow(context, { flowId: 'draining' })).hops[0];
    expect(draining?.backlog).toMatchObject({ waiting: '600', inFlight: '2', consumers: 1, enteredPerMinute: 60, leftPerMinute: 300, drain: { kind: 'draining' } });
    expect(draining?.leftPerMinute).toBeGreaterThan(250);
    const rows = (await listFlows(context, { limit: 100 })).items;
    expect(rows.find(({ id }) => id === 'draining')?.backlog).toEqual({ waiting: '600', oldestAgeMs: null, ageIsLowerBound: false });
    expect(rows.find(({ id }) => id === 'blind')?.backlog).toBeNull();
    expect((await readFlow(context, { flowId: 'dying' })).hops[0]?.backlog?.deadLetters).toMatchObject({ channelId: queue('dying.dead'), waiting: '300', enteredPerMinute: 12 });

    await plantSources([sourceSampleOf({ sourceId: 'broker', sampleTime: NEWEST + POLL, alarms: ['disk:rabbit@a'], blockedConnections: 4 })]);
    const alarmed = await evaluateAt(NOW + POLL, flows);
    expect(Object.values(alarmed).map(({ status, rule }) => [status, rule])).toEqual(flows.map(() => ['failing', 'broker-alarm']));
    expect(alarmed.steady?.reason).toBe('Disk alarm (rabbit@a) at Broker blocks publishers, 4 connections are kept from publishing; that little waits here says nothing');

    const shares = ['billing', 'pharmacy'].map((destination) => flowSchema.parse({
      ...contract(destination),
      spec: { ...contract(destination).spec, path: [{ id: 'work', name: 'Work', channel: { source: 'broker', kind: 'table', table: 'outbox', where: { destination: [destination] } } }] },
    }));
    await plantLooks(shares.flatMap((share, i) => looks('broker:table:public.outbox', 40, () => ({ partition: `destination=${share.metadata.id}`, waiting: BigInt(i + 1), consumers: null, counters: counted(50n) }))));
    await evaluateAt(NOW, shares);
    await plantContracts(stores.db, shares);
    const waiting = (await listFlows(context, { limit: 100 })).items.flatMap(({ id, backlog }) => (id === 'billing' || id === 'pharmacy' ? [[id, backlog?.waiting]] : []));
    expect(waiting).toEqual([['billing', '1'], ['pharmacy', '2']]);

    await stores.db.update(schema.sourceConnections).set({ enabled: false });
    await evaluateAt(NOW + 2 * POLL, flows);
    expect((await readFlow(context, { flowId: 'draining' })).hops[0]?.backlog).toBeNull();
  });
});
