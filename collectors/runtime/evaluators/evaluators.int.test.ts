import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { quantileMs } from '@/server/domain/latency/histogram';
import { askHopLatencyMinutes } from '@/server/queries/hop-latency-minutes';
import { holdLease, LeaseLost, releaseLease, underLease, type Lease } from '@/server/services/leases/hold-lease';
import { flowContract, plantReceiverReport, plantSpans, type PlantedSpan } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { schema } from '@/server/store/postgres';
import { flowHealthJob } from './flow-health';
import { latencySettleJob } from './latency-settle';
import { retentionJob } from './retention';

const MINUTE = 60_000;
/** Half past a minute today: the partitions of the planted spans are then within every retention. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE + 30_000;
const TERM = { now: new Date(NOW), ttlMs: 600_000 };
const countRow = z.object({ n: z.number() });
const logger = pino({ level: 'silent' });

let stores: TestStores;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.push(() => stores.close(), () => postgres.drop(), () => clickhouse.drop());
});

afterAll(async () => {
  for (const step of cleanUp) await step();
});

/** One message of a flow: enters, is attempted, and leaves `latencyMs` later unless it failed. */
function message(flowId: string, n: number, enterMs: number, latencyMs: number, told: { failed?: boolean; facilityId?: string; left?: boolean } = {}): PlantedSpan[] {
  const base = { flowId, hopId: 'work', messageId: `${flowId}-${n}`, facilityId: told.facilityId ?? 'mercy-south' };
  const enter: PlantedSpan = { ...base, atMs: enterMs, leg: 'enter' };
  if (told.failed) return [enter, { ...base, atMs: enterMs + 100, leg: 'attempt', isError: true, reason: 'ERP_503' }];
  if (told.left === false) return [enter];
  return [enter, { ...base, atMs: enterMs + latencyMs - 5, leg: 'leave', durationMs: 5, receivedMs: enterMs + latencyMs }];
}

const steady = (flowId: string, everyMs: number, fromMs: number, toMs: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / everyMs) }, (_, i) => message(flowId, i, fromMs + i * everyMs, 400)).flat();

async function evaluateAt(nowMs: number, lease: Lease, contracts = ['steady', 'broken', 'quiet']): Promise<void> {
  await plantReceiverReport(stores.db, nowMs - 500, NOW - 3 * 3_600_000, new Date(nowMs));
  await flowHealthJob({ ...stores, contracts: () => contractSetOf(contracts.map((id) => flowContract(id))), now: () => new Date(nowMs) }).run(lease);
}

async function heldLease(name: string): Promise<Lease> {
  const lease = await holdLease(stores.db, name, 'test', TERM);
  if (!lease) throw new Error(`The lease ${name} is taken.`);
  return lease;
}

describe('latency settle', () => {
  it('measures from enter to leave of the same message, and repeating it changes nothing', async () => {
    await plantSpans(stores.clickhouse, [1, 2, 3, 4].flatMap((n) => message('settled', n, NOW - 20_000 + n * 1_000, n * 1_000)));
    const read = () => askHopLatencyMinutes(stores.clickhouse, { fromMs: NOW - 10 * MINUTE, toMs: NOW });
    const lease = await heldLease('settle-test');
    await latencySettleJob({ clickhouse: stores.clickhouse, now: () => new Date(NOW) }).run(lease);
    const first = (await read()).filter((row) => row.flowId === 'settled');
    await latencySettleJob({ clickhouse: stores.clickhouse, now: () => new Date(NOW + 5_000) }).run(lease);
    const second = (await read()).filter((row) => row.flowId === 'settled');
    expect(first).toHaveLength(1);
    expect(first[0]?.messages).toBe(4);
    expect(Math.abs((quantileMs(first[0]?.latency ?? new Map(), 1) ?? 0) - 4_000)).toBeLessThan(4_000 * 0.03);
    expect(second).toEqual(first);
  });
});

describe('flow health', () => {
  it('sees steady, failing and silent flows, remembers each change, and removes what left the contracts', async () => {
    const lease = await heldLease('flow-health-test');
    await plantSpans(stores.clickhouse, [
      ...steady('steady', 2_000, NOW - 20 * MINUTE, NOW - 1_000),
      ...steady('quiet', 2_000, NOW - 20 * MINUTE, NOW - 90_000),
      ...steady('broken', 2_000, NOW - 20 * MINUTE, NOW - 40_000),
      ...Array.from({ length: 12 }, (_, i) => message('broken', 10_000 + i, NOW - 38_000 + i * 3_000, 0, { failed: true, facilityId: 'mercy-north' })).flat(),
    ]);
    await evaluateAt(NOW, lease);
    const statuses = await stores.db.query.flowStatus.findMany({ orderBy: (row, { asc }) => asc(row.flowId) });
    expect(statuses.map(({ flowId, status, phase, rule }) => ({ flowId, status, phase, rule }))).toEqual([
      { flowId: 'broken', status: 'failing', phase: 'active', rule: 'error-rate' },
      { flowId: 'quiet', status: 'silent', phase: 'active', rule: 'silence' },
      { flowId: 'steady', status: 'healthy', phase: 'settled', rule: 'none' },
    ]);
    expect(statuses[0]?.reason).toContain('(12 of');
    expect(statuses[0]?.reason).toContain('all ERP_503');
    expect(statuses[0]?.figures).toMatchObject({ scope: { dimension: 'facility', value: 'mercy-north', share: 1 } });

    await evaluateAt(NOW + 5_000, lease);
    await evaluateAt(NOW + 10_000, lease, ['steady', 'broken']);
    const changes = await stores.db.query.flowStatusChanges.findMany();
    expect(changes.filter(({ flowId }) => flowId === 'broken').map(({ fromStatus, toStatus }) => [fromStatus, toStatus])).toEqual([[null, 'failing']]);
    const left = await stores.db.query.flowStatus.findMany();
    expect(left.map(({ flowId }) => flowId).sort()).toEqual(['broken', 'steady']);
    expect(left.find(({ flowId }) => flowId === 'broken')?.since).toEqual(new Date(NOW));
  });

  it('sees a flow that suddenly slows within the minute, and its recovery within the next', async () => {
    const lease = await heldLease('flow-health-test');
    const slowFrom = NOW - 35_000;
    await plantSpans(stores.clickhouse, [
      ...steady('slowing', 3_000, NOW - 20 * MINUTE, slowFrom),
      ...Array.from({ length: 11 }, (_, i) => message('slowing', 20_000 + i, slowFrom + i * 3_000, 0, { left: false })).flat(),
    ]);
    await evaluateAt(NOW, lease, ['slowing']);
    const slow = await stores.db.query.flowStatus.findFirst({ where: (row, { eq }) => eq(row.flowId, 'slowing') });
    expect(slow).toMatchObject({ status: 'degraded', phase: 'active', rule: 'latency-now' });
    expect(slow?.reason).toMatch(/still waiting/);

    const ended = NOW + 5_000;
    await plantSpans(stores.clickhouse, [
      ...Array.from({ length: 11 }, (_, i) => message('slowing', 20_000 + i, slowFrom + i * 3_000, ended - slowFrom - i * 3_000).slice(1)).flat(),
      ...Array.from({ length: 14 }, (_, i) => message('slowing', 30_000 + i, ended + i * 3_000, 400)).flat(),
    ]);
    await evaluateAt(ended + 45_000, lease, ['slowing']);
    const recovering = await stores.db.query.flowStatus.findFirst({ where: (row, { eq }) => eq(row.flowId, 'slowing') });
    expect(recovering).toMatchObject({ status: 'degraded', phase: 'recovering' });
    expect(recovering?.reason).toMatch(/^recovering: /);
  });

  it('calls nothing healthy when no receiver reports', async () => {
    const lease = await heldLease('flow-health-test');
    const later = NOW + 10 * MINUTE;
    await flowHealthJob({ ...stores, contracts: () => contractSetOf([flowContract('steady')]), now: () => new Date(later) }).run(lease);
    expect(await stores.db.query.flowStatus.findFirst()).toMatchObject({ flowId: 'steady', status: 'unknown', rule: 'stale-facts' });
  });
});

describe('leases', () => {
  it('lets one of two holders in, and the second when the first gives up', async () => {
    const first = await holdLease(stores.db, 'one-holder', 'a', TERM);
    expect(first?.fence).toBe(1n);
    expect(await holdLease(stores.db, 'one-holder', 'b', TERM)).toBeNull();
    expect((await holdLease(stores.db, 'one-holder', 'a', TERM))?.fence).toBe(1n);
    if (first) await releaseLease(stores.db, first, TERM.now);
    expect((await holdLease(stores.db, 'one-holder', 'b', TERM))?.fence).toBe(2n);
  });

  it('refuses the writes of a holder that was overtaken, and nothing of them remains', async () => {
    const old = await holdLease(stores.db, 'overtaken', 'old', TERM);
    if (!old) throw new Error('The lease is taken.');
    await releaseLease(stores.db, old, TERM.now);
    await holdLease(stores.db, 'overtaken', 'new', TERM);
    const before = await stores.db.query.flowStatus.findMany();
    await expect(evaluateAt(NOW, old, [])).rejects.toThrow(LeaseLost);
    expect(await stores.db.query.flowStatus.findMany()).toEqual(before);
    await expect(underLease(stores.db, old, () => Promise.resolve('written'))).rejects.toThrow(LeaseLost);
  });

  it('passes to the next when it has ended', async () => {
    const first = await holdLease(stores.db, 'ended', 'a', TERM);
    const later = { now: new Date(NOW + TERM.ttlMs), ttlMs: TERM.ttlMs };
    const second = await holdLease(stores.db, 'ended', 'b', later);
    expect([first?.fence, second?.fence]).toEqual([1n, 2n]);
    expect(await holdLease(stores.db, 'ended', 'a', later)).toBeNull();
  });

  it('gives one lease to exactly one of many that ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => holdLease(stores.db, 'crowd', `owner-${i}`, TERM)));
    expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
  });
});

describe('retention', () => {
  it('drops partitions that are wholly older than the setting, and no others', async () => {
    const lease = await heldLease('retention-test');
    const day = 24 * 3_600_000;
    await plantSpans(stores.clickhouse, [{ atMs: NOW - 10 * day, flowId: 'old' }, { atMs: NOW - 2 * day, flowId: 'old' }]);
    const spans = async () => stores.clickhouse.query({ name: 'test', sql: `SELECT toUInt32(count()) AS n FROM otel_traces WHERE FlowId = 'old'`, schema: countRow });
    const at = new Date(NOW - 91 * day);
    await stores.db.insert(schema.notices).values({ id: randomUUID(), key: 'old', reason: 'hold-leaking', flowId: 'old', flowName: 'Old', sentence: 'It leaked.', owner: 'system:test', level: 0, raisedAt: at, endedAt: at });
    const job = retentionJob({ ...stores, logger, now: () => new Date(NOW) });
    await job.run(lease);
    expect(await spans()).toEqual([{ n: 2 }]);
    expect(await stores.db.select().from(schema.notices)).toEqual([]);
    await stores.db.insert(schema.settings).values({ key: 'retention', value: { otel_traces: 7 } });
    await job.run(lease);
    expect(await spans()).toEqual([{ n: 1 }]);
  });
});
