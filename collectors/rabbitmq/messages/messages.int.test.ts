import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { TAP_QUEUE_LIMITS, tapQueueName } from './tap-queue';
import { brokerSuite, isBound, limitsOf as limits, warningsOf as warnings } from './testing/broker-suite';
import { contracts, queueChannel } from './testing/contract-flows';
import { field, nestedTables, publishRaw, sized } from './testing/raw-publish';

const suite = brokerSuite();
const { openVhost, tap } = suite;

describe('copies of messages', () => {
  it('tells what passed, with business columns by the contract, and leaves identifying values out', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('claims', 'topic');
    await channel.assertQueue('claims.work');
    await channel.bindQueue('claims.work', 'claims', 'claim.*.new');
    const tapped = tap(vhost, contracts({
      channel: queueChannel(vhost, 'exchange: claims, keys: [claim.*.new], name: claims.work'),
      spec: 'fields:\n  payer: { from: ["header:x-payer"] }\n  claim: { from: ["body:/claim/number"], case: true, token: true }\n  amount: { from: ["header:x-amount"], currency: USD }\n  department: { from: ["key:2"] }\n  member: { from: ["header:x-member"], token: true }',
    }));
    await tapped.until(isBound(1));
    channel.publish('claims', 'claim.er.new', Buffer.from('{"claim":{"number":"C-1"},"patient":"Jane Roe"}'), {
      messageId: 'm-1', timestamp: 1_763_900_000, contentType: 'application/json',
      headers: { 'x-payer': 'ACME', 'x-amount': '12.50', 'x-member': 'M-4711', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    });
    await channel.waitForConfirms();
    await tapped.until(({ messages }) => messages.length === 1);
    expect(tapped.messages[0]).toMatchObject({
      sourceId: 'rabbit-main', channelId: `rabbit-main:queue:${vhost}:claims.work`, exchange: 'claims', routingKey: 'claim.er.new', sizeBytes: 47,
      publishedAt: 1_763_900_000_000, contentType: 'application/json', nativeMessageId: 'm-1', isDerivedId: false,
      traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', headerNames: ['x-payer', 'x-amount', 'x-member', 'traceparent'],
      headers: { 'x-payer': 'ACME', 'x-amount': '12.50' }, body: '',
      mapped: { flowId: 'flow-0', hopId: 'post', messageId: 'm-1', payerId: 'ACME', departmentId: 'er', amount: '12.50', currency: 'USD' },
    });
    expect(tapped.messages[0]!.mapped.caseToken).toMatch(/^k1:[0-9a-f]{64}$/);
    expect(JSON.stringify(tapped.messages)).not.toMatch(/C-1|Jane|4711/);
    expect(limits(tapped).join(' ')).toContain('mandatory flag are never returned');
  });

  it('stores a body only where the contract says that it holds no health information, and masked', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('items', 'direct');
    for (const name of ['a', 'b']) {
      await channel.assertQueue(name);
      await channel.bindQueue(name, 'items', name);
    }
    const fields = 'fields:\n  item: { from: ["body:/item/code"] }';
    const tapped = tap(vhost, contracts(
      { channel: queueChannel(vhost, 'exchange: items, keys: [a], name: a'), spec: `${fields}\nphi: { contains: false }` },
      { channel: queueChannel(vhost, 'exchange: items, keys: [b], name: b'), spec: fields },
    ));
    await tapped.until(isBound(1));
    for (const key of ['a', 'b']) channel.publish('items', key, Buffer.from('{"item":{"code":"I-7","note":"for Jane"},"Jane Roe":1}'));
    await channel.waitForConfirms();
    await tapped.until(({ messages }) => messages.length === 2);
    const [a, b] = tapped.messages.toSorted((x, y) => (x.routingKey < y.routingKey ? -1 : 1));
    expect(JSON.parse(a!.body)).toEqual({ item: { code: 'I-7', note: '‹masked:8›' }, '‹masked:8›': '‹masked:1›' });
    expect([a!.mapped.itemId, b!.mapped.itemId, b!.body]).toEqual(['I-7', 'I-7', '']);
    expect(a!.isDerivedId).toBe(true);
    expect(a!.mapped.messageId).toMatch(/^derived:/);
  });

  it('routes as direct, topic, fanout and headers exchanges do, and tells a message that goes to two queues twice', async () => {
    const { vhost, channel } = await openVhost();
    const args = { 'x-match': 'all', kind: 'urgent' };
    await channel.assertExchange('fan', 'fanout');
    await channel.assertExchange('heads', 'headers');
    for (const name of ['one', 'two', 'three']) await channel.assertQueue(name);
    await channel.bindQueue('one', 'fan', '');
    await channel.bindQueue('two', 'fan', '');
    await channel.bindQueue('three', 'heads', '', args);
    const tapped = tap(vhost, contracts(
      { channel: queueChannel(vhost, 'exchange: fan, name: one') },
      { channel: queueChannel(vhost, 'exchange: fan, name: two') },
      { channel: queueChannel(vhost, 'exchange: heads, name: three') },
    ));
    await tapped.until(isBound(2));
    channel.publish('fan', 'whatever', Buffer.from('f'));
    channel.publish('heads', '', Buffer.from('h'), { headers: { kind: 'urgent' } });
    channel.publish('heads', '', Buffer.from('not taken'), { headers: { kind: 'calm' } });
    await channel.waitForConfirms();
    await tapped.until(({ messages }) => messages.length === 3);
    expect(tapped.messages.map((message) => `${message.channelId.split(':').at(-1)} ${message.mapped.flowId}`).sort()).toEqual(['one flow-0', 'three flow-2', 'two flow-1']);
  });

  it('tells the age of what waits by rank, and taps one virtual host while another refuses', async () => {
    const { vhost, channel } = await openVhost();
    const refusing = await suite.broker.createVhost();
    const user = await suite.broker.createUser({ tags: ['administrator'], permissions: { vhost, configure: '.*', write: '.*', read: '.*' } });
    for (const [where, exchange] of [[vhost, 'aging'], [refusing, 'aging']] as const) {
      const own = where === vhost ? channel : await suite.reopen(where);
      await own.assertExchange(exchange, 'fanout');
      await own.assertQueue('work');
      await own.bindQueue('work', exchange, '');
    }
    const tapped = tap([vhost, refusing], contracts({ channel: queueChannel(vhost, 'exchange: aging, name: work') }, { channel: queueChannel(refusing, 'exchange: aging, name: work') }), { observe: user });
    await tapped.until((state) => isBound(1)(state) && warnings(state).some((text) => text.includes(`The user may not use virtual host "${refusing}" over AMQP`)));
    for (let index = 0; index < 5; index++) channel.publish('aging', '', Buffer.from(`${index}`));
    await tapped.until(({ messages }) => messages.length === 5);
    const channelId = `rabbit-main:queue:${vhost}:work`;
    const first = tapped.messages[0]!.seenAt;
    expect(tapped.ages().ageOf(channelId, { ready: 5n, unacked: 0n }, first + 60_000)).toEqual({ ageMs: 60_000, method: 'rank', note: expect.stringContaining('At least: 5 messages wait') });
    expect(tapped.ages().ageOf(channelId, { ready: 6n, unacked: 0n }, first)).toMatchObject({ ageMs: null, method: 'unknown' });
  });

  it('acknowledges its own copies only when they are stored', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('slow', 'fanout');
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'slow', '');
    const inForce = contracts({ channel: queueChannel(vhost, 'exchange: slow, name: work') });
    const first = tap(vhost, inForce);
    await first.until(isBound(1));
    first.gate = new Promise(() => undefined);
    for (let index = 0; index < 10; index++) channel.publish('slow', '', Buffer.from(`${index}`));
    await channel.waitForConfirms();
    const queue = tapQueueName({ installation: 'test', sourceId: 'rabbit-main' }, 'messages', vhost, 'slow');
    await expect.poll(async () => (await suite.queues(vhost)).get(queue)?.unacked, { timeout: 30_000 }).toBe(10n);
    // Another process: waits for the exclusive consumer, then gets what the first one could not store.
    const second = tap(vhost, inForce);
    await second.until((tapped) => warnings(tapped).some((text) => text.includes('another consumer still holds our tap queue')));
    first.isHeld = false;
    first.gate = Promise.resolve();
    await suite.stop(first);
    await second.until(({ messages }) => messages.length === 10);
    expect(second.messages.map(({ copyKey }) => copyKey).sort()).toHaveLength(new Set(second.messages.map(({ copyKey }) => copyKey)).size);
  });

  it('gives a copy that is delivered again the key of the first, and two messages that look alike two keys', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('again', 'fanout');
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'again', '');
    const inForce = contracts({ channel: queueChannel(vhost, 'exchange: again, name: work') });
    const stored: string[] = [];
    const first = tap(vhost, inForce, { sink: (facts) => {
      stored.push(...facts.flatMap((fact) => (fact.kind === 'tapMessage' ? [fact.copyKey] : [])));
      return Promise.reject(new Error('Stored, but the answer was lost.'));
    } });
    await first.until(isBound(1));
    for (let index = 0; index < 3; index++) channel.publish('again', '', Buffer.from('the same'));
    await channel.waitForConfirms();
    await first.until(() => stored.length >= 3);
    await suite.stop(first);
    const second = tap(vhost, inForce);
    await second.until(({ messages }) => messages.length === 3);
    expect(new Set(stored.slice(0, 3)).size).toBe(3);
    expect(second.messages.map(({ copyKey }) => copyKey).sort()).toEqual(stored.slice(0, 3).sort());
  });
});

describe('what must not be tapped', () => {
  it('refuses an exchange with an alternate exchange, by argument and by policy, and lets go when one is set later', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('spare', 'fanout');
    await channel.assertExchange('by-argument', 'topic', { alternateExchange: 'spare' });
    await channel.assertExchange('by-policy', 'topic');
    await channel.assertExchange('later', 'topic');
    await channel.assertQueue('work');
    for (const exchange of ['by-argument', 'by-policy', 'later']) await channel.bindQueue('work', exchange, 'k');
    await suite.broker.put(['policies', vhost, 'ae'], { pattern: '^by-policy$', definition: { 'alternate-exchange': 'spare' }, 'apply-to': 'exchanges' });
    const tapped = tap(vhost, contracts(...['by-argument', 'by-policy', 'later'].map((exchange, index) => ({ channel: queueChannel(vhost, `exchange: ${exchange}, keys: [k], name: work${index}`) }))));
    await tapped.until(isBound(1));
    for (const exchange of ['by-argument', 'by-policy']) expect(warnings(tapped)).toContainEqual(expect.stringContaining(`Exchange "${exchange}" of virtual host "${vhost}" has the alternate exchange "spare"`));
    await suite.broker.put(['policies', vhost, 'ae2'], { pattern: '^later$', definition: { 'alternate-exchange': 'spare' }, 'apply-to': 'exchanges' });
    await tapped.until(isBound(0));
    channel.publish('later', 'nobody', Buffer.from('x'));
    await channel.assertQueue('caught');
    await channel.bindQueue('caught', 'spare', '');
    channel.publish('later', 'k2', Buffer.from('to the alternate exchange'), { mandatory: true });
    await channel.waitForConfirms();
    expect((await channel.checkQueue('caught')).messageCount).toBe(1);
  });

  it('unbinds itself when no business queue takes a key, says so, and binds again when one does', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('orders', 'direct');
    await channel.assertQueue('work');
    for (const key of ['a', 'b']) await channel.bindQueue('work', 'orders', key);
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: orders, keys: [a, b], name: work') }));
    await tapped.until(isBound(1));
    await channel.unbindQueue('work', 'orders', 'b');
    await tapped.until((state) => warnings(state).some((text) => text.startsWith('Unroutable: no business queue takes "b" on exchange "orders"')));
    const returned = new Promise<ConsumeMessage>((resolve) => { channel.once('return', resolve); });
    channel.publish('orders', 'b', Buffer.from('returned to its sender'), { mandatory: true });
    expect((await returned).fields.routingKey).toBe('b');
    await channel.bindQueue('work', 'orders', 'b');
    await tapped.until((state) => warnings(state).length === 0);
    channel.publish('orders', 'b', Buffer.from('seen'));
    await tapped.until(({ messages }) => messages.length === 1);
    await channel.deleteQueue('work');
    await tapped.until(isBound(0));
  });

  it('refuses exchanges where a binding takes messages away, and those of the broker; waits for one that is missing', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'amq.rabbitmq.trace', 'publish.#');
    const tapped = tap(vhost, contracts(
      { channel: queueChannel(vhost, 'exchange: amq.rabbitmq.trace, keys: ["publish.#"], name: work') },
      { channel: queueChannel(vhost, 'exchange: later, keys: [k], name: work2') },
      { channel: queueChannel(vhost, 'name: direct-only') },
    ));
    await tapped.until((state) => warnings(state).length === 2);
    expect(warnings(tapped)).toEqual([
      'Exchange "amq.rabbitmq.trace" of virtual host "' + vhost + '" belongs to the broker itself and is not tapped.',
      `Exchange "later" of virtual host "${vhost}" does not exist; it is tapped once it does.`,
    ]);
    expect(limits(tapped)).toContainEqual(expect.stringContaining('Queue "direct-only"'));
    await channel.assertExchange('later', 'topic');
    await channel.assertQueue('work2');
    await channel.bindQueue('work2', 'later', 'k');
    await tapped.until(isBound(1));
  });

  it('says exactly which permission is missing', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('secret.claims', 'topic');
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'secret.claims', '#');
    const own = '^signalbox\\.tap\\.';
    const user = await suite.broker.createUser({ tags: ['monitoring'], permissions: { vhost, configure: '^$', write: own, read: own } });
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: secret.claims, keys: ["#"], name: work') }), { observe: user });
    await tapped.until((state) => warnings(state).some((text) => text.includes('lacks the permission configure on queues that begin with "signalbox.tap."')));
    await suite.broker.put(['permissions', vhost, user.user], { configure: own, write: own, read: own });
    await tapped.until((state) => warnings(state).some((text) => text.includes(`lacks the permission read on exchange "secret.claims" in virtual host "${vhost}"`)));
    expect(warnings(tapped).join(' ')).not.toContain(user.user);
    await suite.broker.put(['permissions', vhost, user.user], { configure: own, write: own, read: '^(signalbox\\.tap\\..*|secret\\.claims)$' });
    await tapped.until((state) => isBound(1)(state) && warnings(state).length === 0);
  });
});

describe('poison', () => {
  it('keeps what it can of strange headers and bodies, and gets past copies that cannot be read at all', async () => {
    const { vhost, channel, connection } = await openVhost();
    await channel.assertExchange('odd', 'fanout');
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'odd', '');
    const tapped = tap(vhost, contracts({
      channel: queueChannel(vhost, 'exchange: odd, name: work'),
      spec: 'fields:\n  payer: { from: ["header:x-payer", "body:/payer"] }\n  item: { from: ["header:x-item"] }\nphi: { contains: false }',
    }));
    await tapped.until(isBound(1));
    const raw = await connection.createChannel();
    const int64 = Buffer.alloc(8);
    int64.writeBigInt64BE(9_007_199_254_740_993n);
    const bad = Buffer.from([0xff, 0xfe, 0x00]);
    publishRaw(raw, 'odd', '1', Buffer.concat([field('x-payer', 'S', sized(bad)), field('x-item', 'l', int64)]), bad);
    publishRaw(raw, 'odd', '2', Buffer.concat([field(bad, 'S', sized('v')), field('deep', 'F', sized(nestedTables(300)))]), Buffer.from('{"payer":"ACME"}'));
    publishRaw(raw, 'odd', '3', Buffer.concat([field('x-item', 'D', Buffer.from([2, 0, 0, 4, 0xd2])), field('list', 'A', sized(Buffer.concat([Buffer.from('S'), sized('a')]))), field('__proto__', 'F', sized(field('x-payer', 'S', sized('no'))))]), Buffer.from('{'));
    publishRaw(raw, 'odd', '4', field('unknown', 'L', int64), Buffer.from('never readable'));
    publishRaw(raw, 'odd', '5', nestedTables(20_000), Buffer.from('never readable'));
    publishRaw(raw, 'odd', '6', field('big', 'S', sized('x'.repeat(100_000))), Buffer.alloc(0));
    raw.publish('odd', '7', Buffer.from('{"payer":"LAST"}'), { timestamp: 2 ** 62, headers: Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`h${index}`, index])) });
    await tapped.until(({ messages }) => new Set(messages.map(({ copyKey }) => copyKey)).size === 5 && tapped.count('tap-undecodable') >= 2 && messages.some(({ routingKey }) => routingKey === '7'));
    await tapped.until((state) => (state.counts.get('tap-undecodable odd/message') ?? 0) === 2);
    const by = (key: string) => tapped.messages.find(({ routingKey }) => routingKey === key)!;
    expect(by('1')).toMatchObject({ sizeBytes: 3, body: '', headerNames: ['x-payer', 'x-item'], headers: {}, mapped: { flowId: 'flow-0', payerId: '', itemId: '' } });
    expect(by('2')).toMatchObject({ mapped: { payerId: 'ACME' }, body: '{"payer":"ACME"}' });
    expect(by('3')).toMatchObject({ mapped: { itemId: '12.34', payerId: '' }, headers: { 'x-item': '12.34' }, body: '' });
    expect(by('6')).toMatchObject({ sizeBytes: 0, headerNames: ['big'] });
    expect(by('7')).toMatchObject({ publishedAt: null, mapped: { payerId: 'LAST' } });
    expect(by('7').headerNames).toHaveLength(100);
    for (const what of ['odd/header x-payer', 'odd/header x-item', 'odd/body', 'odd/header names', 'odd/timestamp']) expect(tapped.counts.get(`tap-undecodable ${what}`), what).toBeGreaterThan(0);
    // The business queue has all seven, untouched.
    expect((await channel.checkQueue('work')).messageCount).toBe(7);
  });
});

describe('our own queue', () => {
  it('is bounded, and what it drops is counted', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('flood', 'fanout');
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'flood', '');
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: flood, name: work') }), { limits: { ...TAP_QUEUE_LIMITS, maxLength: 100 } });
    await tapped.until(isBound(1));
    let letGo: () => void = () => undefined;
    tapped.gate = new Promise((resolve) => { letGo = resolve; });
    const total = 12_000;
    for (let index = 0; index < total; index++) channel.publish('flood', '', Buffer.from(String(index)));
    await channel.waitForConfirms();
    expect((await channel.checkQueue('work')).messageCount).toBe(total);
    letGo();
    const queue = tapQueueName({ installation: 'test', sourceId: 'rabbit-main' }, 'messages', vhost, 'flood');
    await expect.poll(async () => {
      const figures = (await suite.queues(vhost)).get(queue);
      return [figures?.totals?.entered, figures?.ready, figures?.unacked];
    }, { timeout: 60_000 }).toEqual([BigInt(total), 0n, 0n]);
    await tapped.until((state) => state.messages.length + state.count('tap-copies-dropped') === total);
    expect(tapped.count('tap-copies-dropped')).toBeGreaterThan(0);
    expect(tapped.report()!.detail['droppedCopies']).toBe(tapped.count('tap-copies-dropped'));
    await channel.deleteExchange('flood');
  });

  it('goes when its contract goes', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('gone', 'fanout');
    await channel.assertQueue('work');
    await channel.bindQueue('work', 'gone', '');
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: gone, name: work') }));
    await tapped.until(isBound(1));
    tapped.contracts = contracts();
    const names = async () => [...(await suite.queues(vhost)).keys()];
    await expect.poll(names, { timeout: 30_000 }).toEqual(['work']);
  });
});
