/** The control plane against a real broker, with collectors that are killed: nothing lost, nothing doubled, nothing done that was not agreed to. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { extendHold } from '@/server/services/operations/keep-hold';
import { listItems } from '@/server/services/operations/list-items';
import { listOperations } from '@/server/services/operations/list-operations';
import { readOperation } from '@/server/services/operations/read-operation';
import { stopOperation } from '@/server/services/operations/stop-operation';
import { Consumer, doubled, Publisher } from './rabbitmq/levers/testing/publishers';
import { plantSpans } from '@/server/services/testing/planted';
import { startTarget, type Target } from './runtime/probes/testing/target';
import { ALTERNATE, DEAD, EXCHANGE, FLOW_ID, openControlRoom, ROUTING_KEY, STAGED, WORK, type ControlRoom } from './testing/control-room';
import type { CollectorProcess } from './testing/collector-process';

const MESSAGES = 10_000;
const soon = () => new Date(Date.now() + 3_600_000).toISOString();

let room: ControlRoom;
let collectors: CollectorProcess;
const consumers: Consumer[] = [];

beforeAll(async () => {
  room = await openControlRoom();
  collectors = await room.startCollectors();
  await room.tapped();
}, 180_000);
afterAll(() => room.close());
afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.stop();
});
beforeEach(async () => {
  const channel = await room.channel();
  await channel.purgeQueue(WORK);
  await channel.purgeQueue(DEAD);
  await channel.purgeQueue(ALTERNATE);
});

/** Ends with its test, however that ends. */
async function consume(): Promise<Consumer> {
  const consumer = await Consumer.begin(room.url, WORK);
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
  /** Holds the flow and lets so many messages be parked behind it. */
  async function park(ids: readonly string[], { flowId, exchange, key }: { flowId: string; exchange: string; key: string }): Promise<string> {
    const { holdId } = await room.begin({ kind: 'pause', flowId, method: 'park', reviewBy: soon() });
    await room.holdUntil(holdId!, ({ state }) => state === 'held');
    const channel = await room.channel();
    for (const messageId of ids) channel.publish(exchange, key, Buffer.from('{}'), { persistent: true, messageId });
    await channel.waitForConfirms();
    await room.holdUntil(holdId!, ({ figures }) => figures.parked === String(ids.length));
    return holdId!;
  }

  const named = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const seenDownstream = (ids: readonly string[]) => plantSpans(room.clickhouse, ids.map((messageId) => ({ ...STAGED.seenAt, messageId, atMs: Date.now() })));
  const release = { kind: 'release', flowId: STAGED.flowId } as const;

  it('takes the next step only when the one before was seen downstream, also after its collectors were killed, and ends the hold', async () => {
    const ids = named('ramped', 120);
    const holdId = await park(ids, STAGED);
    const consumer = await Consumer.begin(room.url, STAGED.work);
    consumers.push(consumer);
    const planned = await room.plan({ ...release, holdId, ramp: { tolerate: 0 } });
    expect(planned).toMatchObject({ locks: [], plan: { act: { waiting: '120', steps: [expect.stringContaining('Let 1 % (2 messages)') as string, expect.stringContaining('Let 10 % (10 messages)') as string, expect.stringContaining('release the rest') as string, expect.any(String) as string, expect.any(String) as string] } } });

    const ramp = await room.begin({ ...release, holdId, ramp: { stage: STAGED.stage, tolerate: 0 } });
    await room.until(ramp.id, ({ progress }) => progress.steps?.[0]?.state === 'watching');
    await killAndReplace();
    await room.until(ramp.id, ({ progress }) => progress.sentence?.includes('2 awaited') === true);
    await room.holdUntil(holdId, ({ state, figures }) => state === 'held' && figures.parked === '118');
    expect(consumer.ids).toEqual(ids.slice(0, 2));

    await seenDownstream(ids.slice(0, 2));
    await until(() => consumer.ids.length === 12);
    await seenDownstream(ids.slice(2, 12));
    await until(() => consumer.ids.length > 12);
    await killAndReplace();
    const ended = await room.ended(ramp.id);
    expect(ended).toMatchObject({ state: 'done', items: { confirmed: 12 }, progress: { steps: [{ percent: 1, state: 'passed' }, { percent: 10, state: 'passed' }, { percent: 100, state: 'passed' }] } });
    expect(ended.events.filter(({ kind }) => kind === 'step').map(({ sentence }) => sentence)).toEqual([
      '120 wait. First: 1 % (2 messages).', expect.stringMatching(/^1 % \(2 messages\): 2 sent\./) as string, '1 % (2 messages): 2 good. Next: 10 % (10 messages).',
      expect.stringMatching(/^10 % \(10 messages\): 10 sent\./) as string, '10 % (10 messages): 10 good. Next: the rest.',
    ]);
    await room.holdUntil(holdId, ({ state }) => state === 'released');
    await until(() => consumer.ids.length >= ids.length);
    expect(consumer.ids).toEqual(ids);
  }, 240_000);

  it('stops itself when its canary fails again, and by hand; what has not gone stays held', async () => {
    const ids = named('refused', 30);
    const holdId = await park(ids, STAGED);
    const channel = await room.channel();
    const refused: string[] = [];
    const { consumerTag } = await channel.consume(STAGED.work, (message) => {
      refused.push(String(message?.properties.messageId));
      if (message) channel.nack(message, false, false);
    });
    const first = await room.begin({ ...release, holdId, ramp: { tolerate: 0 } });
    expect(await room.ended(first.id)).toMatchObject({ state: 'partly-done', items: { rejected: 1 }, summary: expect.stringMatching(/failed again.*All others stay held/) as string, progress: { steps: [{ state: 'stopped' }, { state: 'ahead' }, { state: 'ahead' }] } });
    expect(refused).toEqual(ids.slice(0, 1));
    await channel.cancel(consumerTag);
    await room.holdUntil(holdId, ({ state, figures }) => state === 'held' && figures.parked === '29');

    const consumer = await Consumer.begin(room.url, STAGED.work);
    consumers.push(consumer);
    const second = await room.begin({ ...release, holdId, ramp: { tolerate: 0 } });
    await room.until(second.id, ({ progress }) => progress.steps?.[0]?.state === 'watching');
    await stopOperation(room.as(room.engineer), { id: second.id, reason: 'Not now' });
    expect(await room.ended(second.id)).toMatchObject({ state: 'aborted', summary: expect.stringContaining('All others stay held') as string });
    expect((await room.holdUntil(holdId, ({ state, figures }) => state === 'held' && figures.parked !== '29')).figures.parked).toBe('28');
    await room.ended((await room.begin({ ...release, holdId })).id);
    await until(() => consumer.ids.length >= 29);
    expect(consumer.ids).toEqual(ids.slice(1));
  }, 240_000);

  it('waits for quiet where the contract names no outcome', async () => {
    const ids = named('quiet', 3);
    const holdId = await park(ids, { flowId: FLOW_ID, exchange: EXCHANGE, key: ROUTING_KEY });
    const consumer = await consume();
    await expect(room.plan({ kind: 'release', holdId, ramp: { stage: 'accepted', tolerate: 0 } })).rejects.toThrow(/names no outcome stage/);
    const ramp = await room.begin({ kind: 'release', holdId, ramp: { quietSeconds: 5, tolerate: 0 } });
    await room.until(ramp.id, ({ progress }) => progress.sentence?.includes('quiet since') === true);
    expect(consumer.ids).toEqual(ids.slice(0, 1));
    expect(await room.ended(ramp.id)).toMatchObject({ state: 'done', items: { sent: 1 } });
    await until(() => consumer.ids.length === 3);
  }, 120_000);
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
  const HTTP = '{ http: "GET primary:/health", openWhen: { /status: UP } }';
  let primary: Target;
  beforeAll(async () => { primary = await startTarget(); });
  afterAll(() => primary.close());
  beforeEach(() => {
    primary.asked.length = 0;
    primary.answer((response) => response.end('{"status":"UP"}'));
  });

  const isUp = (status: 'UP' | 'DOWN') => primary.answer((response) => response.end(JSON.stringify({ status })));

  /** What the contract in force asks the primary; undefined: the room's own contract, without a reroute. */
  let inForce: string | null | undefined;

  /** Resolves when the collector that plans has the contract with this probe. */
  async function asksPrimary(probe: string | null): Promise<void> {
    if (probe === inForce) return;
    // Two probes read alike in a plan, so it is none in between.
    if (probe !== null) await asksPrimary(null);
    await room.writeContracts({
      sources: `  - { id: primary, system: middleware, kind: http, probe: { url: "${primary.url}", timeoutSeconds: 1 } }`,
      spec: `  reroute: { allowed: true, approval: none, alternates: [{ id: second, channel: { source: broker, kind: queue, vhost: "${room.vhost}", name: ${ALTERNATE} } }]${probe === null ? '' : `, primaryProbe: ${probe}`} }`,
    });
    const words = probe === null ? /nothing ends by itself/ : /the primary is probed/;
    await until(async () => {
      const { plan } = await room.plan({ kind: 'reroute', alternate: 'second', reviewBy: soon() }).catch(() => ({ plan: null }));
      return plan?.act.steps.some((step) => words.test(step)) ?? false;
    });
    inForce = probe;
  }

  /** Ends so many milliseconds from now, and is probed then. */
  async function rerouted(probe: string | null, endsInMs: number): Promise<string> {
    await asksPrimary(probe);
    const planned = await room.plan({ kind: 'reroute', alternate: 'second', reviewBy: new Date(Date.now() + endsInMs).toISOString() });
    await confirmOperation(room.as(room.engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test', typed: FLOW_ID });
    await room.ended(planned.id);
    return planned.holdId!;
  }

  const restores = async (holdId: string) => (await listOperations(room.as(room.engineer), { limit: 100 })).items.filter(({ kind, holdId: of }) => kind === 'restore' && of === holdId);
  const publish = async () => {
    const channel = await room.channel();
    channel.publish(EXCHANGE, ROUTING_KEY, Buffer.from('{}'), { persistent: true });
    await channel.waitForConfirms();
    return Promise.all([WORK, ALTERNATE].map(async (queue) => (await channel.checkQueue(queue)).messageCount));
  };
  const restoreByHand = async (holdId: string) => {
    const restore = await room.begin({ kind: 'restore', holdId });
    expect(await room.ended(restore.id)).toMatchObject({ state: 'done' });
  };

  it('is restored once its probe passes, by the ordinary verbs, though the collector is killed while it probes and while it waits to confirm', async () => {
    const holdId = await rerouted(HTTP, 15_000);
    expect(await publish()).toEqual([0, 1]);
    let kills = 0;
    primary.answer(async (response) => {
      // The first probe, before anything is asked for; then the one before the restore is confirmed.
      const isPlanned = (await restores(holdId)).some(({ state }) => state === 'planned');
      if (kills === 0 || (kills === 1 && isPlanned)) {
        kills++;
        return void killAndReplace();
      }
      response.end('{"status":"UP"}');
    });
    await room.holdUntil(holdId, ({ state }) => state === 'restored');
    expect(kills).toBe(2);
    const [restore, ...others] = await restores(holdId);
    expect(others).toEqual([]);
    await room.ended(restore!.id);
    expect(await readOperation(room.as(room.engineer), { id: restore!.id })).toMatchObject({
      state: 'done', requestedBy: 'system:reroute-end', reason: expect.stringMatching(/^Expired at .*primary answered 200: the primary takes messages again\.$/) as string,
      plan: { approval: { needed: 'none' } },
    });
    expect(await publish()).toEqual([1, 1]);
  }, 240_000);

  it('stays in place while the primary answers that it is down, says so and does not ask again', async () => {
    isUp('DOWN');
    const holdId = await rerouted(HTTP, 3_000);
    const expired = await room.holdUntil(holdId, ({ expiry }) => expiry !== null);
    expect(expired).toMatchObject({ state: 'expiring', expiry: { sentence: 'primary answered 200, but not with what the contract expects (/status): the primary does not take messages yet.' } });
    isUp('UP');
    const asked = primary.asked.length;
    await room.holdUntil(holdId, ({ verifiedAt }) => Date.parse(verifiedAt!) > Date.parse(expired.expiry!.at) + 3_000);
    expect(primary.asked.length).toBe(asked);
    expect(await restores(holdId)).toEqual([]);
    expect(await publish()).toEqual([0, 1]);
    // A new end is a new question.
    await extendHold(room.as(room.engineer), { holdId, reviewBy: new Date(Date.now() + 2_000).toISOString(), reason: 'The primary is up' });
    await room.holdUntil(holdId, ({ state }) => state === 'restored');
    expect(await publish()).toEqual([1, 1]);
  }, 240_000);

  it('stays in place while the primary does not answer, has no consumers, or where the contract names no probe', async () => {
    primary.answer(() => undefined);
    const hanging = await rerouted(HTTP, 3_000);
    expect(await room.holdUntil(hanging, ({ expiry }) => expiry !== null)).toMatchObject({ expiry: { sentence: 'primary did not answer within 1 s: whether the primary takes messages again is not known.' } });
    await restoreByHand(hanging);
    const silent = await rerouted(null, 3_000);
    expect(await room.holdUntil(silent, ({ expiry }) => expiry !== null)).toMatchObject({ state: 'expiring', expiry: { sentence: expect.stringMatching(/names no probe/) as string } });
    await restoreByHand(silent);
    const idle = await rerouted('{ consumers: 1 }', 3_000);
    expect(await room.holdUntil(idle, ({ expiry }) => expiry !== null)).toMatchObject({ expiry: { sentence: '0 consumers are connected to the primary, of 1 that the contract asks for: the primary does not take messages yet.' } });
    await restoreByHand(idle);
    expect(await room.db.query.auditEvents.findMany({ where: (event, { and, eq, inArray }) => and(eq(event.action, 'hold.expired'), inArray(event.subject, [hanging, silent, idle].map((id) => `hold:${id}`))) })).toHaveLength(3);
    expect(await room.db.query.notices.findMany({ where: (notice, { and, eq, inArray }) => and(eq(notice.reason, 'reroute-not-restored'), inArray(notice.holdId, [hanging, silent, idle])) })).toHaveLength(3);
  }, 240_000);

  it('gives way to somebody who restores by hand at the same time', async () => {
    const holdId = await rerouted(HTTP, 10_000);
    const byHand = await room.plan({ kind: 'restore', holdId });
    const confirmByHand = () => confirmOperation(room.as(room.engineer), { id: byHand.id, planHash: byHand.planHash!, reason: 'By hand' });
    let isConfirmed = false;
    primary.answer(async (response) => {
      // Just before the product confirms its own.
      if (!isConfirmed && (await restores(holdId)).some(({ requestedBy, state }) => requestedBy === 'system:reroute-end' && state === 'planned')) {
        isConfirmed = true;
        await confirmByHand();
      }
      response.end('{"status":"UP"}');
    });
    expect(await room.ended(byHand.id)).toMatchObject({ state: 'done' });
    await until(async () => (await restores(holdId)).length === 2 && (await restores(holdId)).every(({ state }) => ['done', 'aborted'].includes(state)));
    expect((await restores(holdId)).map(({ requestedBy, state }) => `${state}: ${requestedBy}`).toSorted()).toEqual(['aborted: system:reroute-end', 'done: user:engineer@hospital.example']);
    await expect(room.hold(holdId)).resolves.toMatchObject({ state: 'restored', expiry: null });
    expect(await publish()).toEqual([1, 0]);
  }, 240_000);

  it('takes no second restore of what is over', async () => {
    const holdId = await rerouted(null, 600_000);
    const late = await room.plan({ kind: 'restore', holdId });
    await restoreByHand(holdId);
    await expect(confirmOperation(room.as(room.engineer), { id: late.id, planHash: late.planHash!, reason: 'Late' })).rejects.toThrow(/The hold is over since/);
  }, 120_000);
});

it('has left an unbroken audit trail', async () => {
  expect(await verifyAudit({ ...room, actor: { kind: 'system', name: 'test' }, now: () => new Date() })).toMatchObject({ state: 'intact' });
});
