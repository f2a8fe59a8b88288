import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { brokerSuite, isBound, limitsOf, warningsOf } from './testing/broker-suite';
import { contracts, queueChannel } from './testing/contract-flows';

const suite = brokerSuite();
const { openVhost, tap } = suite;

/** A consumer of the business that rejects whatever the condition says. */
async function reject(channel: ConfirmChannel, queue: string, isRejected: (message: ConsumeMessage) => boolean = () => true): Promise<void> {
  await channel.consume(queue, (message) => {
    if (message && isRejected(message)) channel.reject(message, false);
    else if (message) channel.ack(message);
  });
}

async function wired({ dlxType = 'topic', workArguments = {} as Record<string, unknown>, deadKey = '#' }) {
  const { vhost, channel, connection } = await openVhost();
  await channel.assertExchange('claims', 'topic');
  await channel.assertExchange('claims.dlx', dlxType);
  await channel.assertQueue('claims.work', { arguments: { 'x-dead-letter-exchange': 'claims.dlx', ...workArguments } });
  await channel.bindQueue('claims.work', 'claims', 'claim.#');
  await channel.assertQueue('claims.dead');
  await channel.bindQueue('claims.dead', 'claims.dlx', deadKey);
  return { vhost, channel, connection };
}

const FIELDS = 'fields:\n  payer: { from: ["header:x-payer"] }\n  claim: { from: ["header:x-claim"], case: true, token: true }\n  amount: { from: ["header:x-amount"], currency: USD }\n  reason: { from: ["header:x-reason"] }\n'
  + 'deadLetter:\n  reasons:\n    - { code: PAYER_UNKNOWN, retryable: false, route: oncall, native: ["unknown payer"] }\n    - { code: TOO_OLD, retryable: false, route: oncall, native: [expired] }\n    - { code: UNCLASSIFIED, retryable: false, route: oncall }';
const flowOn = (vhost: string, more = 'deadLetter: { queue: claims.dead }') => contracts({ channel: queueChannel(vhost, `exchange: claims, keys: ["claim.#"], name: claims.work, ${more}`), spec: FIELDS });

describe('dead letters', () => {
  it('become failed messages with reason, history, origin, business keys and amount, and stay where they are', async () => {
    const { vhost, channel } = await wired({});
    const tapped = tap(vhost, flowOn(vhost));
    await tapped.until(isBound(2));
    await reject(channel, 'claims.work');
    const headers = { 'x-payer': 'ACME', 'x-claim': 'C-1', 'x-amount': '99.10', 'x-reason': 'unknown payer' };
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-1', headers });
    channel.publish('claims', 'claim.er', Buffer.from('no id'), {});
    await channel.waitForConfirms();
    await tapped.until(({ failures }) => failures.length === 2);
    const failure = tapped.failures.find(({ itemKey }) => itemKey === 'm-1')!;
    expect(failure).toMatchObject({
      kind: 'failedMessage', sourceId: 'rabbit-main', state: 'failed', itemKey: 'm-1', nativeReason: 'rejected', attempts: 1, errorText: '', body: '', sizeBytes: 2,
      channelId: `rabbit-main:queue:${vhost}:claims.dead`, originChannelId: `rabbit-main:queue:${vhost}:claims.work`, originExchange: 'claims', originRoutingKey: 'claim.er',
      deaths: [{ queue: 'claims.work', reason: 'rejected', count: '1', exchange: 'claims', routingKeys: ['claim.er'] }],
      mapped: { flowId: 'flow-0', hopId: 'post', messageId: 'm-1', payerId: 'ACME', amount: '99.10', currency: 'USD', reason: 'PAYER_UNKNOWN' },
    });
    expect(failure.mapped.caseToken).toMatch(/^k1:/);
    expect(Date.parse(failure.deaths[0]!.time)).toBe(failure.failedAt);
    expect(tapped.failures.find(({ itemKey }) => itemKey !== 'm-1')).toMatchObject({ itemKey: expect.stringMatching(/^derived:/), mapped: { reason: 'UNCLASSIFIED' } });
    // They passed the work exchange as well, once each.
    await tapped.until(({ messages }) => messages.length === 2);
    expect((await channel.checkQueue('claims.dead')).messageCount).toBe(2);
  });

  it.each([
    { reason: 'expired', more: { 'x-message-ttl': 50 } },
    { reason: 'maxlen', more: { 'x-max-length': 0 } },
    { reason: 'delivery_limit', more: { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 } },
  ])('name the broker\'s reason: $reason', async ({ reason, more }) => {
    const { vhost, channel } = await wired({ workArguments: more });
    const tapped = tap(vhost, flowOn(vhost));
    await tapped.until(isBound(2));
    if (reason === 'delivery_limit') await channel.consume('claims.work', (message) => message && channel.nack(message, false, true));
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-1' });
    await tapped.until(({ failures }) => failures.length === 1);
    expect(tapped.failures[0]).toMatchObject({ nativeReason: reason, originRoutingKey: 'claim.er', mapped: { flowId: 'flow-0', reason: reason === 'expired' ? 'TOO_OLD' : 'UNCLASSIFIED' } });
    // The broker does not tell how often it handed out a message that reached its delivery limit.
    expect(tapped.failures[0]!.attempts).toBe(reason === 'delivery_limit' ? null : 1);
  });

  it('are one item however often they die, with the first instant and the last count', async () => {
    const { vhost, channel } = await wired({});
    const tapped = tap(vhost, flowOn(vhost));
    await tapped.until(isBound(2));
    await reject(channel, 'claims.work');
    // Somebody moves it back twice, headers and all, as tools do.
    let returns = 0;
    await channel.consume('claims.dead', (message) => {
      if (!message || returns++ === 2) return;
      channel.publish('claims', 'claim.er', message.content, { messageId: 'm-1', headers: message.properties.headers });
      channel.ack(message);
    });
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-1' });
    await tapped.until(({ failures }) => failures.length === 3);
    expect(new Set(tapped.failures.map(({ channelId, itemKey, failedAt }) => `${channelId} ${itemKey} ${failedAt}`)).size).toBe(1);
    expect(tapped.failures.map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
    expect(tapped.failures.map(({ deaths }) => deaths[0]!.count)).toEqual(['1', '2', '3']);
  });

  it('find their origin after a detour through a retry queue, and when an application parks them itself', async () => {
    const { vhost, channel } = await wired({ workArguments: { 'x-dead-letter-exchange': 'retry' } });
    await channel.assertExchange('retry', 'topic');
    await channel.assertQueue('claims.retry', { arguments: { 'x-message-ttl': 50, 'x-dead-letter-exchange': 'claims' } });
    await channel.bindQueue('claims.retry', 'retry', '#');
    const tapped = tap(vhost, flowOn(vhost, 'deadLetter: { exchange: claims.dlx, queue: claims.dead }'));
    await tapped.until(isBound(2));
    await channel.consume('claims.work', (message) => {
      if (!message) return;
      const retries = message.properties.headers?.['x-death']?.find(({ queue }) => queue === 'claims.work')?.count ?? 0;
      if (retries < 2) channel.reject(message, false);
      else {
        channel.publish('claims.dlx', message.fields.routingKey, message.content, { messageId: message.properties.messageId as string, headers: message.properties.headers });
        channel.ack(message);
      }
    });
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-1' });
    await tapped.until(({ failures }) => failures.length === 1);
    expect(tapped.failures[0]).toMatchObject({ originChannelId: `rabbit-main:queue:${vhost}:claims.work`, nativeReason: 'rejected', attempts: 2, originExchange: 'claims', originRoutingKey: 'claim.er', mapped: { flowId: 'flow-0' } });
    expect(tapped.failures[0]!.deaths.map(({ queue, reason }) => `${queue} ${reason}`).sort()).toEqual(['claims.retry expired', 'claims.work rejected']);
    channel.publish('claims.dlx', 'claim.parked', Buffer.from('{}'), { messageId: 'm-2' });
    await tapped.until(({ failures }) => failures.length === 2);
    expect(tapped.failures[1]).toMatchObject({ itemKey: 'm-2', originChannelId: `rabbit-main:queue:${vhost}:claims.work`, nativeReason: '', deaths: [], attempts: null, mapped: { flowId: 'flow-0', reason: 'UNCLASSIFIED' } });
  });

  it.each([
    { dlxType: 'direct', deadKey: 'claims.dead', workArguments: { 'x-dead-letter-routing-key': 'claims.dead' } },
    { dlxType: 'fanout', deadKey: '', workArguments: {} },
  ])('pass a $dlxType exchange', async (wiring) => {
    const { vhost, channel } = await wired(wiring);
    const tapped = tap(vhost, flowOn(vhost));
    await tapped.until(isBound(2));
    await reject(channel, 'claims.work');
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-1' });
    await tapped.until(({ failures }) => failures.length === 1);
    expect(tapped.failures[0]).toMatchObject({ itemKey: 'm-1', originRoutingKey: 'claim.er', channelId: `rabbit-main:queue:${vhost}:claims.dead` });
  });

  it('survive histories that no broker wrote', async () => {
    const { vhost, channel } = await wired({});
    const tapped = tap(vhost, flowOn(vhost));
    await tapped.until(isBound(2));
    const histories: unknown[] = ['text', [1, null, 'x'], [{ queue: { deep: true }, count: 'many', time: 'soon', 'routing-keys': 'k' }], [{ queue: 'elsewhere', reason: 'rejected', count: 2 ** 40, time: { '!': 'timestamp', value: 2 ** 60 } }]];
    for (const [index, history] of histories.entries()) channel.publish('claims.dlx', 'claim.x', Buffer.from('{}'), { messageId: `m-${index}`, headers: { 'x-death': history } });
    await tapped.until(({ failures }) => failures.length === histories.length);
    const now = Date.now();
    for (const failure of tapped.failures) expect(Math.abs(now - failure.failedAt)).toBeLessThan(600_000);
    expect(tapped.failures.find(({ itemKey }) => itemKey === 'm-3')).toMatchObject({ originChannelId: `rabbit-main:queue:${vhost}:elsewhere`, attempts: null, mapped: { flowId: '' }, deaths: [{ count: String(2 ** 40), time: '' }] });
  });
});

describe('dead letters that cannot be seen', () => {
  it('go through the default exchange: counted only, with the policy change that would show them', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('claims', 'topic');
    await channel.assertQueue('claims.work', { arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'claims.dead' } });
    await channel.bindQueue('claims.work', 'claims', 'claim.#');
    await channel.assertQueue('claims.dead');
    const tapped = tap(vhost, flowOn(vhost));
    await tapped.until(isBound(1));
    const sentence = limitsOf(tapped).find((text) => text.startsWith('Dead letters of queue "claims.work"'))!;
    expect(sentence).toContain(String.raw`rabbitmqctl set_policy -p '${vhost}' --apply-to queues 'dlx-claims.work' '^claims\.work$' '{"dead-letter-exchange":"claims.work.dlx","dead-letter-routing-key":"claims.dead"}'`);
    expect(sentence).toContain('declare the queue anew without it first');
    await reject(channel, 'claims.work');
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-1' });
    await tapped.until(({ messages }) => messages.length === 1);
    await expect.poll(async () => (await channel.checkQueue('claims.dead')).messageCount).toBe(1);
    expect(tapped.failures).toEqual([]);

    // The advice works: the same queue without the argument, and the policy as the sentence gives it.
    await channel.deleteQueue('claims.work');
    await channel.assertQueue('claims.work');
    await channel.bindQueue('claims.work', 'claims', 'claim.#');
    await channel.assertExchange('claims.work.dlx', 'direct');
    await channel.bindQueue('claims.dead', 'claims.work.dlx', 'claims.dead');
    await suite.broker.put(['policies', vhost, 'dlx-claims.work'], { pattern: String.raw`^claims\.work$`, definition: { 'dead-letter-exchange': 'claims.work.dlx', 'dead-letter-routing-key': 'claims.dead' }, 'apply-to': 'queues' });
    await tapped.until(isBound(2));
    await reject(channel, 'claims.work');
    channel.publish('claims', 'claim.er', Buffer.from('{}'), { messageId: 'm-2' });
    await tapped.until(({ failures }) => failures.length === 1);
    expect(tapped.failures[0]).toMatchObject({ itemKey: 'm-2', originRoutingKey: 'claim.er' });
  });

  it('are thrown away by a queue without a dead-letter exchange; were there before the tap: counted only', async () => {
    const { vhost, channel } = await wired({});
    await channel.assertQueue('plain');
    await channel.bindQueue('plain', 'claims', 'plain');
    channel.publish('claims.dlx', 'claim.old', Buffer.from('{}'), { messageId: 'before the tap' });
    await channel.waitForConfirms();
    const tapped = tap(vhost, contracts(
      { channel: queueChannel(vhost, 'exchange: claims, keys: ["claim.#"], name: claims.work, deadLetter: { queue: claims.dead }') },
      { channel: queueChannel(vhost, 'exchange: claims, keys: [plain], name: plain, deadLetter: { queue: plain.dead }') },
    ));
    await tapped.until(isBound(2));
    expect(limitsOf(tapped)).toContainEqual(expect.stringContaining('Queue "plain" of virtual host'));
    channel.publish('claims.dlx', 'claim.new', Buffer.from('{}'), { messageId: 'after' });
    await tapped.until(({ failures }) => failures.length === 1);
    expect(tapped.failures[0]!.itemKey).toBe('after');
    expect((await channel.checkQueue('claims.dead')).messageCount).toBe(2);
    await channel.unbindQueue('claims.dead', 'claims.dlx', '#');
    await tapped.until((state) => warningsOf(state).some((text) => text.includes('Unroutable') && text.includes('"claims.dlx"')));
  });
});
