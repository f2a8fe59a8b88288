import { describe, expect, it, vi } from 'vitest';
import type { ConfirmChannel, ConsumeMessage, GetMessage } from 'amqplib';
import { FenceLost, type ReplayItem } from '@/collectors/runtime/operations/levers';
import { readTopology } from '../read-topology';
import { editedNames } from '../own-names';
import { ManagementClient } from '../management/management-client';
import { rabbitmqLevers } from './index';
import { leverSuite, type LeverBench } from './testing/lever-suite';
import type { KeptRun } from './testing/kept-run';

const suite = leverSuite();
const CHANNEL = 'exchange: claims, keys: ["claims.*"], name: work, deadLetter: { exchange: work.dlx, queue: work.dead }';
const SPEC = 'fields:\n  payer: { from: [header:x-payer] }\n  claim: { from: [body:/claim] }\n  part: { from: [key:2] }';

async function topology({ deadType = 'classic', limit }: { deadType?: 'classic' | 'quorum'; limit?: number } = {}) {
  const { vhost, channel } = await suite.openVhost();
  await channel.assertExchange('claims', 'topic', { durable: true });
  await channel.assertExchange('work.dlx', 'fanout', { durable: true });
  await channel.assertQueue('work', { durable: true, arguments: { 'x-dead-letter-exchange': 'work.dlx' } });
  await channel.assertQueue('work.dead', { durable: true, arguments: { 'x-queue-type': deadType, ...(limit === undefined ? {} : { 'x-delivery-limit': limit }) } });
  await channel.bindQueue('work', 'claims', 'claims.*');
  await channel.bindQueue('work.dead', 'work.dlx', '');
  return { vhost, channel, bench: suite.bench(vhost, CHANNEL, { spec: SPEC }) };
}

/** Publishes, and rejects each once. */
async function fail(channel: ConfirmChannel, ids: readonly string[], headers: Record<string, unknown> = {}): Promise<void> {
  for (const messageId of ids) channel.publish('claims', 'claims.837', Buffer.from(JSON.stringify({ claim: `c-${messageId}` })), { persistent: true, messageId, headers });
  await channel.waitForConfirms();
  const before = (await channel.checkQueue('work.dead')).messageCount;
  for (const _ of ids) channel.nack(await channel.get('work') as GetMessage, false, false);
  await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(before + ids.length), { timeout: 20_000 });
}

async function drain(channel: ConfirmChannel, queue: string): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = [];
  for (let message = await channel.get(queue, { noAck: true }); message; message = await channel.get(queue, { noAck: true })) messages.push(message as unknown as ConsumeMessage);
  return messages;
}
const idsOf = (messages: readonly ConsumeMessage[]) => messages.map(({ properties }) => String(properties.messageId));

function replaying(bench: LeverBench, keys: readonly string[], to: 'queue' | 'exchange' = 'queue', perSecond: number | null = null) {
  const items: ReplayItem[] = keys.map((itemKey, position) => ({ itemKey, position, messageId: itemKey }));
  const request = { kind: 'replay', items, to, perSecond, order: 'fifo' } as const;
  const run = bench.run();
  run.want(keys);
  return { request, run, go: (as: KeptRun = run) => bench.pull(request, as) };
}

/** The broker's node, as a former life of a run would have remembered it. */
async function nodeOf(bench: LeverBench, run: KeptRun): Promise<{ name: string; os_pid: string }> {
  const client = new ManagementClient({ settings: bench.source.settings, credentials: suite.broker.admin, timeoutMs: 10_000 });
  // A node that has just started says nothing of itself for some seconds, to a lever neither.
  const found = await vi.waitFor(async () => {
    const [node] = (await client.get('nodes', 'the nodes', run.signal)).body as { name: string; os_pid?: string }[];
    if (node?.os_pid === undefined) throw new Error('The node does not say its process yet.');
    return { name: node.name, os_pid: node.os_pid };
  }, { timeout: 30_000, interval: 200 });
  client.close();
  return found;
}

describe('replay to the queue', () => {
  it.each(['classic', 'quorum'] as const)('sends those that were asked for, in order, and leaves the others where they are (%s)', async (deadType) => {
    const { channel, bench } = await topology({ deadType });
    await fail(channel, ['a', 'b', 'c', 'd', 'e'], { 'x-payer': 'aetna' });
    const { run, go } = replaying(bench, ['b', 'd', 'nobody']);
    expect(await go()).toMatchObject({ moved: 2, complete: true });
    expect(run.items.map(({ state, note }) => [state, note])).toEqual([['sent', ''], ['sent', ''], ['skipped', 'It is no longer in the dead-letter queue.']]);
    const got = await drain(channel, 'work');
    expect(idsOf(got)).toEqual(['b', 'd']);
    expect(got[0]).toMatchObject({
      fields: { routingKey: 'claims.837' }, content: Buffer.from('{"claim":"c-b"}'),
      properties: { deliveryMode: 2, headers: { 'x-payer': 'aetna', 'x-signalbox-item': `${run.operationId}/0`, 'x-first-death-queue': 'work' } },
    });
    await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(3));
    expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['a', 'c', 'e']);
  });

  it('asks the contract just before each is sent, with the fields in clear, and skips those that are refused', async () => {
    const { channel, bench } = await topology();
    await fail(channel, ['a', 'b'], { 'x-payer': 'aetna' });
    const { run, go } = replaying(bench, ['a', 'b']);
    const asked: unknown[] = [];
    run.mayAct = ({ itemKey, mapped }, fields) => {
      asked.push([itemKey, mapped.payerId, fields('claim'), fields('part'), fields('payer'), fields('nothing')]);
      return Promise.resolve(itemKey === 'a' ? { ok: false, reason: 'The target has it already.', instead: 'Leave it.' } : { ok: true });
    };
    await go();
    expect(asked).toEqual([['a', 'aetna', 'c-a', '837', 'aetna', undefined], ['b', 'aetna', 'c-b', '837', 'aetna', undefined]]);
    expect(run.items.map(({ state, note }) => [state, note])).toEqual([['skipped', 'The target has it already.'], ['sent', '']]);
    expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['a']);
  });

  it('takes back what it told the broker already of a message that the journal then does not claim', async () => {
    const { channel, bench } = await topology({ deadType: 'quorum' });
    await fail(channel, ['a', 'b', 'c']);
    const { run, go } = replaying(bench, ['a', 'b', 'c']);
    run.mayAct = ({ itemKey }) => {
      // Settled by somebody else after it was found and before it is claimed.
      if (itemKey === 'b') run.items[1]!.state = 'skipped';
      return Promise.resolve({ ok: true });
    };
    expect(await go()).toMatchObject({ moved: 2, complete: true });
    expect(idsOf(await drain(channel, 'work'))).toEqual(['a', 'c']);
    expect(run.items.map(({ state }) => state)).toEqual(['sent', 'skipped', 'sent']);
    await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(1));
    expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['b']);
  });

  it('sends one of several with the same key and says that the others stay', async () => {
    const { channel, bench } = await topology();
    await fail(channel, ['a', 'b', 'a']);
    const { go } = replaying(bench, ['a']);
    expect(await go()).toMatchObject({ moved: 1, sentence: expect.stringContaining('1 more with the same key') });
    expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['b', 'a']);
  });

  it('does not replay again what fails again meanwhile, not even in its next life', async () => {
    const { channel, bench } = await topology();
    await fail(channel, ['a', 'b', 'c']);
    await channel.consume('work', (message) => message && channel.nack(message, false, false), { consumerTag: 'rejecting' });
    const { run, request, go } = replaying(bench, ['a', 'b', 'c']);
    expect(await go()).toMatchObject({ moved: 3 });
    await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(3), { timeout: 20_000 });
    await channel.cancel('rejecting');
    // As after a crash right behind the commit.
    const again = bench.run();
    Object.assign(again, { operationId: run.operationId });
    again.want(['a', 'b', 'c']);
    await again.journal.claim(['a', 'b', 'c']);
    await rabbitmqLevers.execute(bench.source, bench.target, request, await bench.plan(request), again);
    expect(again.in('sent')).toEqual(['a', 'b', 'c']);
    expect((await channel.checkQueue('work')).messageCount).toBe(0);
  });

  it('decides what a former life was sending by what is still there', async () => {
    const { channel, bench } = await topology();
    await fail(channel, ['a', 'b', 'b']);
    const { run, request } = replaying(bench, ['a', 'b', 'gone']);
    const plan = await bench.plan(request);
    const node = await nodeOf(bench, run);
    await run.remember({ doubles: { b: 3 }, nodes: { [node.name]: node.os_pid } });
    await run.journal.claim(['a', 'b', 'gone']);
    await rabbitmqLevers.execute(bench.source, bench.target, request, plan, run);
    expect(run.in('sent')).toEqual(['a', 'b', 'gone']);
    // Only `a` had not been sent; of the three `b`, one had.
    expect(idsOf(await drain(channel, 'work'))).toEqual(['a']);

    await fail(channel, ['x']);
    const restarted = replaying(bench, ['x', 'lost']);
    await restarted.run.remember({ doubles: {}, nodes: { [node.name]: 'another process' } });
    await restarted.run.journal.claim(['x', 'lost']);
    await rabbitmqLevers.execute(bench.source, bench.target, restarted.request, await bench.plan(restarted.request), restarted.run);
    expect(restarted.run.items.map(({ state }) => state)).toEqual(['sent', 'unknown']);
  });

  describe('of one message that is changed', () => {
    const EDIT = [{ at: 'body:/claim', to: 'c-"new"' }, { at: 'header:x-payer', to: 'cigna' }];
    const BODY = '{ "claim": "c-b", "amount": 10.00 }';

    async function changing(edit = EDIT) {
      const { channel, bench } = await topology();
      await fail(channel, ['a', 'c'], { 'x-payer': 'aetna' });
      channel.publish('claims', 'claims.837', Buffer.from(BODY), { messageId: 'b', headers: { 'x-payer': 'aetna', count: 7 } });
      await channel.waitForConfirms();
      channel.nack(await channel.get('work') as GetMessage, false, false);
      await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(3), { timeout: 20_000 });
      const { request, run } = replaying(bench, ['b']);
      const asked = { ...request, edit };
      return { channel, run, kept: editedNames(run.operationId).queue, go: async () => rabbitmqLevers.execute(bench.source, bench.target, asked, await bench.plan(asked), run) };
    }

    it('sends it with nothing else changed, keeps the original with a link, and asks about what is sent', async () => {
      const { channel, run, kept, go } = await changing();
      const fields: unknown[] = [];
      run.mayAct = (_, field) => {
        fields.push(field('claim'), field('payer'));
        return Promise.resolve({ ok: true });
      };
      expect(await go()).toMatchObject({ moved: 1, complete: true, sentence: expect.stringContaining(kept) as string });
      expect(fields).toEqual(['c-"new"', 'cigna']);
      expect(run.edits).toEqual([{ at: 'body:/claim', to: 'c-b' }, { at: 'header:x-payer', to: 'aetna' }]);
      const link = `${run.operationId}/0`;
      const [sent] = await drain(channel, 'work');
      expect(sent!.content.toString()).toBe('{ "claim": "c-\\"new\\"", "amount": 10.00 }');
      expect(sent).toMatchObject({ fields: { routingKey: 'claims.837' }, properties: { messageId: 'b', headers: { 'x-payer': 'cigna', count: 7, 'x-signalbox-edits': link, 'x-signalbox-item': link } } });
      const originals = await drain(channel, kept);
      expect(originals.map(({ content }) => content.toString())).toEqual([BODY]);
      expect(originals[0]).toMatchObject({ fields: { routingKey: 'claims.837' }, properties: { messageId: 'b', deliveryMode: 2, headers: { 'x-payer': 'aetna', count: 7, 'x-signalbox-edited': link } } });
      expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['a', 'c']);
    });

    it.each([['before the commit', 'edited'], ['after the commit', 'sent']] as const)('sends it once and keeps one original when its life ends %s', async (_, endsAt) => {
      const { channel, run, kept, go } = await changing();
      run.endsAt = endsAt;
      await expect(go()).rejects.toThrow(FenceLost);
      run.endsAt = null;
      expect(await go()).toMatchObject({ moved: 1 });
      expect(run.in('sent')).toEqual(['b']);
      expect((await drain(channel, 'work')).map(({ properties }) => properties.headers?.['x-payer'] as unknown)).toEqual(['cigna']);
      expect(idsOf(await drain(channel, kept))).toEqual(['b']);
      expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['a', 'c']);
    });

    it.each([
      ['a header that is no text', 'header:count', /header:count: this header is no text/],
      ['a header that is not there', 'header:nothing', /has no such header/],
      ['a place that is not there', 'body:/nothing', /nothing stands there/],
      ['a value of another kind', 'body:/amount', /is a number there/],
    ])('leaves it where it is for %s, and never says the value', async (_, at, note) => {
      const { channel, run, kept, go } = await changing([{ at, to: 'Jane Doe' }]);
      expect(await go()).toMatchObject({ moved: 0 });
      expect(run.items).toMatchObject([{ state: 'skipped', note: expect.stringMatching(note) as string }]);
      expect(JSON.stringify(run.items)).not.toContain('Jane');
      expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['a', 'c', 'b']);
      expect((await channel.checkQueue(kept)).messageCount).toBe(0);
    });
  });

  it('stops within a second and leaves the rest', async () => {
    const { channel, bench } = await topology();
    const ids = Array.from({ length: 60 }, (_, index) => `m-${index}`);
    await fail(channel, ids);
    const { run, go } = replaying(bench, ids, 'queue', 20);
    const going = go();
    await vi.waitFor(() => expect(run.in('sent').length).toBeGreaterThan(3), { timeout: 30_000 });
    run.isStopped = true;
    const { moved, complete } = await going;
    expect(complete).toBe(false);
    expect(run.in('pending')).toHaveLength(60 - moved!);
    run.isStopped = false;
    await rabbitmqLevers.execute(bench.source, bench.target, { kind: 'replay', items: [], to: 'queue', perSecond: null, order: 'fifo' }, await bench.plan({ kind: 'replay', items: [], to: 'queue', perSecond: null, order: 'fifo' }), run);
    expect(idsOf(await drain(channel, 'work'))).toEqual(ids);
  });

  it('is locked without a destination, near a delivery limit, and while somebody consumes', async () => {
    const { channel, bench } = await topology({ deadType: 'quorum', limit: 3 });
    const { request } = replaying(bench, ['a']);
    const codes = async () => (await bench.plan(request)).locks.map(({ code }) => code);
    expect(await codes()).toEqual(['delivery-limit']);
    await channel.deleteQueue('work.dead');
    expect(await codes()).toEqual(['no-dead-letter-queue']);
    await channel.assertQueue('work.dead');
    await channel.consume('work.dead', () => undefined);
    expect(await codes()).toEqual(['consumed']);
    await channel.deleteQueue('work');
    expect(await codes()).toEqual(['no-destination', 'consumed']);
  });
});

describe('replay to the exchange', () => {
  it('names every receiver, publishes as it was first published, and reports what nothing takes', async () => {
    const { channel, bench } = await topology();
    await channel.assertQueue('audit', { durable: true });
    await channel.bindQueue('audit', 'claims', '#');
    await fail(channel, ['a', 'b']);
    const first = replaying(bench, ['a'], 'exchange');
    expect((await bench.plan(first.request)).receivers).toEqual(['audit', 'work']);
    await drain(channel, 'audit');
    expect(await first.go()).toMatchObject({ moved: 1, complete: true });
    const [got] = await drain(channel, 'work');
    expect(got).toMatchObject({ fields: { exchange: 'claims', routingKey: 'claims.837' }, properties: { messageId: 'a', deliveryMode: 2, headers: { 'x-signalbox-item': `${first.run.operationId}/0` } } });
    expect(idsOf(await drain(channel, 'audit'))).toEqual(['a']);

    const plan = await bench.plan(replaying(bench, ['b'], 'exchange').request);
    const second = replaying(bench, ['b'], 'exchange');
    await channel.unbindQueue('audit', 'claims', '#');
    await channel.unbindQueue('work', 'claims', 'claims.*');
    await rabbitmqLevers.execute(bench.source, bench.target, second.request, plan, second.run);
    expect(second.run.items).toMatchObject([{ state: 'skipped', note: expect.stringContaining('Unroutable') }]);
    expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['b']);
    expect((await bench.plan(second.request)).locks.map(({ code }) => code)).toEqual(['no-destination']);
  });

  it('takes out what the tap saw of what was being sent when it crashed', async () => {
    const { channel, bench } = await topology();
    await fail(channel, ['seen', 'open']);
    const { run, request } = replaying(bench, ['seen', 'open'], 'exchange');
    const node = await nodeOf(bench, run);
    await run.remember({ doubles: {}, nodes: { [node.name]: node.os_pid } });
    await run.journal.claim(['seen']);
    run.copies = new Set([`${run.operationId}/0`]);
    await rabbitmqLevers.execute(bench.source, bench.target, request, await bench.plan(request), run);
    expect(run.items.map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(idsOf(await drain(channel, 'work'))).toEqual(['open']);
    await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(0));
  });

  it('takes out what was confirmed before a crash, and calls unknown what was not', async () => {
    const { channel, bench } = await topology();
    await fail(channel, ['confirmed', 'sending', 'open']);
    const { run, request } = replaying(bench, ['confirmed', 'sending', 'open'], 'exchange');
    await run.journal.claim(['confirmed', 'sending']);
    await run.journal.sent(['confirmed']);
    await rabbitmqLevers.execute(bench.source, bench.target, request, await bench.plan(request), run);
    expect(run.items.map(({ state }) => state)).toEqual(['sent', 'unknown', 'sent']);
    expect(idsOf(await drain(channel, 'work'))).toEqual(['open']);
    await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(1));
    expect(idsOf(await drain(channel, 'work.dead'))).toEqual(['sending']);
  });
});

describe('the key of a dead letter', () => {
  it('is the same for the tap that saw it die and for the lever that takes it, also without a message id', async () => {
    const { vhost, channel, bench } = await topology();
    const tapped = suite.tap(vhost, bench.contracts);
    await tapped.until((state) => state.report()?.detail['tappedExchanges'] === 2);
    for (const claim of ['one', 'two']) channel.publish('claims', 'claims.837', Buffer.from(JSON.stringify({ claim })), { persistent: true });
    channel.publish('claims', 'claims.837', Buffer.from('{}'), { persistent: true, messageId: 'named' });
    await channel.waitForConfirms();
    for (let index = 0; index < 3; index++) channel.nack(await channel.get('work') as GetMessage, false, false);
    await tapped.until(({ failures }) => failures.length === 3);
    const keys = tapped.failures.map(({ itemKey }) => itemKey);
    await suite.stop(tapped);
    expect(keys).toContain('named');
    const { run, go } = replaying(bench, keys);
    expect(await go()).toMatchObject({ moved: 3 });
    expect(run.in('sent')).toEqual(keys);
    const client = new ManagementClient({ settings: bench.source.settings, credentials: suite.broker.admin, timeoutMs: 10_000 });
    expect((await readTopology(client, [vhost], run.signal)).exchanges.filter(({ name }) => name.startsWith('signalbox.'))).toEqual([]);
    client.close();
  });
});
