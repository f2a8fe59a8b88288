/** The control plane against a real broker, with collectors that are killed: nothing lost, nothing doubled, nothing done that was not agreed to. */
import { eq, inArray } from 'drizzle-orm';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drainOutlook } from '@/server/domain/operations/drain-outlook';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { listItems } from '@/server/services/operations/list-items';
import { stopOperation } from '@/server/services/operations/stop-operation';
import type { OperationView } from '@/server/services/operations/operation-view';
import { schema } from '@/server/store/postgres';
import { startConsumers } from './interface-tables/testing/consumers';
import { createLeverDatabase, type LeverDatabase } from './interface-tables/testing/lever-database';
import { Consumer, doubled, Publisher } from './rabbitmq/levers/testing/publishers';
import { parkNames } from './rabbitmq/own-names';
import { ALTERNATE, DEAD, EXCHANGE, FLOW_ID, openControlRoom, ROUTING_KEY, WORK, type ControlRoom } from './testing/control-room';
import { CHAIN, chainContracts } from './testing/chain-contracts';
import type { CollectorProcess } from './testing/collector-process';
import { changedReplays } from './testing/changed-replays';
import { ramps } from './testing/ramps';
import { rerouteEnds } from './testing/reroute-ends';
import { deskContracts, makeDesk, tableLayers } from './testing/table-layers';

const MESSAGES = 10_000;
const soon = () => new Date(Date.now() + 3_600_000).toISOString();

let room: ControlRoom;
let collectors: CollectorProcess;
let erp: LeverDatabase;
const consumers: Consumer[] = [];
/** What a test began at the table, ended with it. */
const atTable: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  erp = await createLeverDatabase();
  await erp.table('posting');
  await erp.guard('posting');
  await makeDesk(erp);
  room = await openControlRoom({ others: { documents: (vhost) => chainContracts(erp, vhost) + deskContracts, env: { ERP_READER: erp.reader.password, ERP_OPERATOR: erp.operator.password } } });
  const channel = await room.channel();
  await channel.assertExchange('chain', 'topic', { durable: true });
  await channel.assertQueue('chain.work', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue('chain.work', 'chain', '#');
  collectors = await room.startCollectors();
  await room.tapped();
}, 180_000);
afterAll(async () => {
  await room.close();
  await erp.drop();
});
afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.stop();
  for (const end of atTable.splice(0)) await end();
});
beforeEach(async () => {
  const channel = await room.channel();
  await channel.purgeQueue(WORK);
  await channel.purgeQueue(DEAD);
  await channel.purgeQueue(ALTERNATE);
});

/** Ends with its test, however that ends. */
async function consume(queue: string = WORK): Promise<Consumer> {
  const consumer = await Consumer.begin(room.url, queue);
  consumers.push(consumer);
  return consumer;
}

/** Ends it without a chance to clean up, at some point of what it does, and starts another. */
async function killAndReplace(): Promise<void> {
  await collectors.kill();
  collectors = await room.startCollectors();
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50);
}

/** What the product shows as failed now. */
async function failedKeys(): Promise<string[]> {
  const rows = await room.clickhouse.query({ name: 'test', sql: `SELECT ItemKey AS itemKey FROM failed_messages FINAL WHERE FlowId = '${FLOW_ID}' AND State = 'failed'`, schema: z.object({ itemKey: z.string() }) });
  return rows.map(({ itemKey }) => itemKey);
}

/** Publishes, rejects each once, and waits until the tap has seen all of them as dead letters. */
async function killedMessages(name: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const channel = await room.channel();
  const { consumerTag } = await channel.consume(WORK, (message) => { if (message) channel.nack(message, false, false); });
  for (const messageId of ids) channel.publish(EXCHANGE, ROUTING_KEY, Buffer.from('{}'), { persistent: true, messageId, headers: { charge: `c-${messageId}`, amount: '10.00' } });
  await channel.waitForConfirms();
  await until(async () => (await channel.checkQueue(DEAD)).messageCount >= count);
  await channel.cancel(consumerTag);
  await until(async () => { const known = new Set(await failedKeys()); return ids.every((id) => known.has(id)); });
  return ids;
}

const everything = () => ({ by: 'all' as const, failedFrom: new Date(Date.now() - 3_600_000).toISOString(), failedUntil: new Date(Date.now() + 60_000).toISOString() });

describe('a hold by parking', () => {
  it('loses none of 10,000 messages and doubles none, through canary, release, kill -9 and a broker restart', async () => {
    const before = [await consume(), await consume()];
    const received = () => before.flatMap(({ ids }) => ids);
    const publishers = ['a', 'b', 'c'].map((name) => new Publisher(room.url, name, EXCHANGE, ROUTING_KEY));
    const sent = () => publishers.reduce((sum, publisher) => sum + publisher.sent, 0);
    await until(() => sent() > MESSAGES / 10);

    const paused = await room.begin({ kind: 'pause', method: 'park', reviewBy: soon() });
    await room.ended(paused.id);
    const held = await room.holdUntil(paused.holdId!, ({ state }) => state === 'held');
    expect(held).toMatchObject({ observation: expect.stringMatching(/./) as string, owner: 'user:engineer@hospital.example' });
    const whileHeld = received().length;
    await until(() => sent() > MESSAGES / 3);
    expect(received()).toHaveLength(whileHeld);

    await killAndReplace();
    const canary = await room.begin({ kind: 'canary', holdId: paused.holdId!, which: { by: 'count', count: 5 } });
    expect(await room.ended(canary.id)).toMatchObject({ state: 'done', items: { sent: 5 } });
    await until(() => received().length === whileHeld + 5);

    await until(() => sent() > MESSAGES / 2);
    const release = await room.begin({ kind: 'release', holdId: paused.holdId!, perSecond: 5_000 });
    await until(() => received().length > whileHeld + 500);
    await killAndReplace();
    await until(() => received().length > whileHeld + 1_500);
    await killAndReplace();
    await until(() => sent() > MESSAGES);
    const counts = await Promise.all(publishers.map((publisher) => publisher.stop()));
    await room.broker.restart();
    const after = [await consume(), await consume()];
    expect(await room.ended(release.id)).toMatchObject({ state: 'done' });
    await room.holdUntil(paused.holdId!, ({ state }) => state === 'released');

    const published = ['a', 'b', 'c'].flatMap((name, index) => Array.from({ length: counts[index]! }, (_, number) => `${name}-${number}`));
    const all = () => [...received(), ...after.flatMap(({ ids }) => ids)];
    await until(() => new Set(all()).size >= published.length);
    // What a consumer had taken and not acknowledged when the broker stopped comes again, and says so.
    const again = new Set(after.flatMap(({ redelivered }) => redelivered));
    expect(doubled(all()).filter((id) => !again.has(id))).toEqual([]);
    expect(new Set(all())).toEqual(new Set(published));
  }, 400_000);

  it('is put back when somebody takes it away behind our back, and says who did what', async () => {
    const paused = await room.begin({ kind: 'pause', method: 'park', reviewBy: soon() });
    await room.holdUntil(paused.holdId!, ({ state }) => state === 'held');
    await (await room.channel()).bindQueue(WORK, EXCHANGE, 'charge.#');
    const found = await room.holdUntil(paused.holdId!, ({ outsideActs }) => outsideActs.length > 0);
    expect(found.outsideActs.join(' ')).toMatch(/bound|binding/i);
    await room.holdUntil(paused.holdId!, ({ state }) => state === 'held');
    const release = await room.begin({ kind: 'release', holdId: paused.holdId! });
    expect(await room.ended(release.id)).toMatchObject({ state: 'done' });
  }, 180_000);

  it('counts what somebody else purges out of it, and calls for somebody', async () => {
    const paused = await room.begin({ kind: 'pause', method: 'park', reviewBy: soon() });
    await room.holdUntil(paused.holdId!, ({ state }) => state === 'held');
    const channel = await room.channel();
    await consume();
    for (let n = 0; n < 412; n++) channel.publish(EXCHANGE, ROUTING_KEY, Buffer.from('{}'), { persistent: true, messageId: `purged-${n}` });
    await channel.waitForConfirms();
    await room.holdUntil(paused.holdId!, ({ figures }) => figures.parked === '412');
    const canary = await room.begin({ kind: 'canary', holdId: paused.holdId!, which: { by: 'count', count: 2 } });
    await room.ended(canary.id);
    await room.holdUntil(paused.holdId!, ({ figures }) => figures.parked === '410');
    // What is finished is ours for as long as a look may have been under way.
    await room.db.update(schema.operations).set({ finishedAt: new Date(Date.now() - 60_000) }).where(inArray(schema.operations.id, [canary.id, paused.id]));
    expect(await room.hold(paused.holdId!)).toMatchObject({ state: 'held', outsideActs: [] });
    await channel.purgeQueue(parkNames(paused.holdId!).queue);
    const found = await room.holdUntil(paused.holdId!, ({ figures }) => figures.disappeared === '410');
    const sentence = 'At least 410 parked messages disappeared, not by Signalbox: somebody purged, took or sent them on, or they expired.';
    expect(found).toMatchObject({ state: 'held', outsideActs: [sentence], observation: expect.stringContaining(sentence) as string });
    await until(async () => (await room.db.select().from(schema.notices).where(eq(schema.notices.holdId, paused.holdId!))).some(({ reason }) => reason === 'hold-messages-gone'));
    expect(await room.ended((await room.begin({ kind: 'release', holdId: paused.holdId! })).id)).toMatchObject({ state: 'done' });
  }, 180_000);

  it('whose release is slower than what comes says that it never ends, and keeps the rest when it is stopped', async () => {
    const paused = await room.begin({ kind: 'pause', method: 'park', reviewBy: soon() });
    await room.holdUntil(paused.holdId!, ({ state }) => state === 'held');
    const publisher = new Publisher(room.url, 'never', EXCHANGE, ROUTING_KEY);
    await until(() => publisher.sent > 500);
    const consumer = await consume();
    const slow = await room.begin({ kind: 'release', holdId: paused.holdId!, perSecond: 20 });
    const { progress: { left, perSecond, incomingPerSecond } } = await room.until(slow.id, ({ progress }) => Number(progress.incomingPerSecond) > 0);
    expect(drainOutlook({ left: left!, perSecond: Number(perSecond), incomingPerSecond: Number(incomingPerSecond) })).toMatchObject({ ends: 'never' });
    await stopOperation(room.as(room.engineer), { id: slow.id, reason: 'It never ends' });
    expect(await room.ended(slow.id)).toMatchObject({ state: 'aborted' });
    // What was released is not taken for lost.
    expect(await room.holdUntil(paused.holdId!, ({ state }) => state === 'held')).toMatchObject({ outsideActs: [] });
    const count = await publisher.stop();
    expect(await room.ended((await room.begin({ kind: 'release', holdId: paused.holdId! })).id)).toMatchObject({ state: 'done' });
    await until(() => consumer.ids.length >= count);
    expect(doubled(consumer.ids)).toEqual([]);
  }, 180_000);

  it('does nothing when the source is another one than in the plan', async () => {
    const planned = await room.plan({ kind: 'pause', method: 'park', reviewBy: soon() });
    const channel = await room.channel();
    await channel.bindQueue(WORK, EXCHANGE, 'refund.#');
    await confirmOperation(room.as(room.engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test' });
    expect(await room.ended(planned.id)).toMatchObject({ state: 'failed', summary: expect.stringMatching(/has changed since the plan was made/) as string });
    await channel.unbindQueue(WORK, EXCHANGE, 'refund.#');
  }, 120_000);
});

describe('a ramp', () => {
  ramps({ room: () => room, killAndReplace, consume });
});

describe('one operation over a queue and a table', () => {
  const pauseBoth = () => ({ kind: 'pause' as const, ...CHAIN, method: 'park' as const, reviewBy: soon(), further: [{ hopId: 'posting', method: 'row-gate' as const }] });
  const stepsOf = ({ steps }: OperationView) => steps.map(({ hopId, state }) => `${hopId} ${state}`);

  /** Messages and rows that come without an end, and whoever takes them; ended by the test that began them. */
  async function underLoad(name: string) {
    const messages = await Consumer.begin(room.url, 'chain.work');
    consumers.push(messages);
    const rows = startConsumers(erp.urlOf(erp.consumer), { schema: 'public', table: 'posting' }, { batch: 50 });
    const publisher = new Publisher(room.url, name, 'chain', 'any');
    const producer = await erp.session();
    let inserted = 0;
    const over = new AbortController();
    const inserting = (async () => {
      for (; !over.signal.aborted; inserted += 5) {
        await producer.query('INSERT INTO posting (amount) SELECT 1 FROM generate_series(1, 5)');
        // No faster than it is worked off: what counts here is that they keep coming.
        await pause(20);
      }
    })();
    atTable.push(() => rows.stop(), async () => {
      over.abort();
      await inserting;
      await publisher.stop();
      await erp.run('DELETE FROM posting');
    });
    await until(() => messages.ids.length > 200 && rows.claimed.length > 100);
    return {
      taken: () => ({ messages: messages.ids.length, rows: rows.claimed.length }),
      sent: () => publisher.sent + inserted,
      /** Nothing is lost and nothing doubled, at either. */
      settle: async () => {
        over.abort();
        await inserting;
        const ids = Array.from({ length: await publisher.stop() }, (_, number) => `${name}-${number}`);
        await until(async () => new Set(messages.ids).size >= ids.length && (await erp.run("SELECT FROM posting WHERE status <> 'C' LIMIT 1")).length === 0);
        expect(doubled(messages.ids)).toEqual([]);
        expect(new Set(messages.ids)).toEqual(new Set(ids));
        expect(rows.claimed).toHaveLength(inserted);
        expect(doubled(rows.claimed)).toEqual([]);
      },
    };
  }

  it('holds both in order though its collectors are killed between them, and releases both in reverse with nothing lost', async () => {
    const load = await underLoad('kept');
    const planned = await room.plan(pauseBoth());
    expect(planned.plan?.parts?.map(({ hopId, act }) => [hopId, act.guarantee.delivery, act.locks])).toEqual([['intake', 'exactly-once', []], ['posting', 'exactly-once', []]]);
    const paused = await confirmOperation(room.as(room.engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test' });
    await room.until(paused.id, ({ steps }) => steps[0]!.state === 'held');
    await killAndReplace();
    const ended = await room.ended(paused.id);
    expect([ended.state, ...stepsOf(ended)]).toEqual(['done', 'intake held', 'posting held']);
    const [intake, posting] = ended.steps.map(({ holdId }) => holdId);
    for (const id of [intake, posting]) await room.holdUntil(id!, ({ state }) => state === 'held');
    const [taken, sent] = [load.taken(), load.sent()];
    await until(() => load.sent() > sent + 300);
    expect(load.taken()).toEqual(taken);
    // Measured on, by whoever is there: both are still held.
    for (const id of [intake, posting]) expect(await room.hold(id!)).toMatchObject({ state: 'held', openedBy: paused.id, outsideActs: [] });

    const release = await room.begin({ kind: 'release', flowId: 'chain', hopId: 'posting', holdId: posting!, further: [intake!] });
    const released = await room.ended(release.id);
    expect([released.state, ...stepsOf(released)]).toEqual(['done', 'posting released', 'intake released']);
    for (const id of [intake, posting]) await room.holdUntil(id!, ({ state }) => state === 'released');
    await load.settle();
  }, 240_000);

  it('gives back what it parked when the gate of the table cannot be closed', async () => {
    const load = await underLoad('undone');
    const planned = await room.plan(pauseBoth());
    await confirmOperation(room.as(room.engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test' });
    await room.until(planned.id, ({ steps }) => steps[0]!.state === 'verifying');
    // A database administrator takes the gate away while the first channel is being measured.
    await erp.run('DROP POLICY signalbox_gate_claim ON posting');
    const ended = await room.ended(planned.id);
    expect([ended.state, ...stepsOf(ended)]).toEqual(['failed', 'intake undone', 'posting failed']);
    expect(ended.summary).toMatch(/^Step 2 of 2, posting, failed: The source has changed since the plan was made .* Taken back, in this order: intake\.$/);
    await room.holdUntil(ended.steps[0]!.holdId, ({ state }) => state === 'released');
    await load.settle();
  }, 240_000);
});

describe('a replay', () => {
  it('sends each dead letter once, though its collectors are killed on the way, and leaves them failed no more', async () => {
    const ids = await killedMessages('replayed', 900);
    const planned = await room.plan({ kind: 'replay', selection: everything(), to: 'queue', perSecond: 300, overrideUnknown: false });
    expect(planned).toMatchObject({ state: 'planned', locks: [], plan: { items: { count: 900 }, extent: { messages: '900', cases: 900, money: [{ amount: '9000.00', currency: 'USD' }] }, dimensions: { payers: ['aetna'], facilities: ['north'] } } });
    const replay = await room.begin({ kind: 'replay', selection: everything(), to: 'queue', perSecond: 300, overrideUnknown: false });
    const consumer = await consume();
    await until(() => consumer.ids.length > 100);
    await killAndReplace();
    await until(() => consumer.ids.length > 500);
    await killAndReplace();
    const ended = await room.ended(replay.id);
    expect(ended.items).toEqual({ sent: 900 });
    expect(ended.state).toBe('done');
    await until(() => consumer.ids.length >= 900);
    expect(doubled(consumer.ids)).toEqual([]);
    expect(consumer.ids).toEqual(ids);
    expect((await (await room.channel()).checkQueue(DEAD)).messageCount).toBe(0);
    expect(await failedKeys()).toEqual([]);
  }, 240_000);

  it('through the exchange knows by the tap what had arrived when its collectors were killed', async () => {
    const ids = await killedMessages('through', 600);
    const consumer = await consume();
    const replay = await room.begin({ kind: 'replay', selection: everything(), to: 'exchange', perSecond: 300, overrideUnknown: false });
    const itemsIn = async (state: 'sending' | 'unknown') => (await listItems(room.as(room.engineer), { id: replay.id, state, limit: 500 })).items.map(({ itemKey }) => itemKey);
    for (const sent of [100, 300]) {
        await until(async () => consumer.ids.length > sent && (await itemsIn('sending')).length > 0);
      await killAndReplace();
    }
    const { items } = await room.ended(replay.id);
    const unknown = await itemsIn('unknown');
    await until(() => consumer.ids.length >= (items.sent ?? 0));
    // Nothing twice, nothing unknown that arrived, nothing missing.
    expect([...consumer.ids, ...unknown].toSorted()).toEqual(ids.toSorted());
    expect(items.sent).toBe(consumer.ids.length);
  }, 240_000);

  it('stops within a moment, says what it did not do, and another one does the rest', async () => {
    await killedMessages('stopped', 200);
    const replay = await room.begin({ kind: 'replay', selection: everything(), to: 'queue', perSecond: 20, overrideUnknown: false });
    const consumer = await consume();
    await until(() => consumer.ids.length > 10);
    await stopOperation(room.as(room.engineer), { id: replay.id, reason: 'Too fast' });
    const stopped = await room.ended(replay.id);
    expect(stopped).toMatchObject({ state: 'aborted', items: { sent: expect.any(Number) as number, skipped: expect.any(Number) as number } });
    expect(stopped.items.sent! + stopped.items.skipped!).toBe(200);
    const rest = await room.begin({ kind: 'replay', selection: everything(), to: 'queue', perSecond: 600, overrideUnknown: false });
    expect(await room.ended(rest.id)).toMatchObject({ state: 'done', items: { sent: stopped.items.skipped } });
    await until(() => consumer.ids.length >= 200);
    expect(doubled(consumer.ids)).toEqual([]);
  }, 240_000);

  it('takes the picked ones only, and says that somebody else is at it', async () => {
    const ids = await killedMessages('picked', 5);
    const replay = await room.begin({ kind: 'replay', selection: { by: 'items', itemKeys: [ids[1]!, ids[3]!] }, to: 'queue', overrideUnknown: false });
    expect(await room.ended(replay.id)).toMatchObject({ state: 'done', items: { sent: 2 } });
    const channel = await room.channel();
    expect((await channel.checkQueue(DEAD)).messageCount).toBe(3);
    expect((await channel.checkQueue(WORK)).messageCount).toBe(2);
    const items = await listItems(room.as(room.engineer), { id: replay.id });
    expect(items.items.map(({ itemKey, state, payerId }) => [itemKey, state, payerId])).toEqual([[ids[1], 'sent', 'aetna'], [ids[3], 'sent', 'aetna']]);
  }, 120_000);
});

describe('a reroute that ends by itself', () => {
  rerouteEnds({ room: () => room, killAndReplace });
});

describe('a reroute over a table that is held', () => {
  tableLayers({ room: () => room, erp: () => erp, killAndReplace });
});

describe('a replay of a message that is changed', () => {
  changedReplays({ room: () => room, output: () => collectors.output(), killedMessages });
});

it('has left an unbroken audit trail', async () => {
  expect(await verifyAudit({ ...room, actor: { kind: 'system', name: 'test' }, now: () => new Date() })).toMatchObject({ state: 'intact' });
});
