import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import type { LeverContext } from '@/collectors/runtime/operations/levers';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import type { QueueChannel } from '@/server/domain/contracts/channel';
import { CopyKeys, storedDigest } from '../../messages/copy-keys';
import { readMessages, storingRulesOf } from '../../messages/read-copy';
import { contracts, queueChannel } from '../../messages/testing/contract-flows';
import { messageIdentity } from './message-identity';

const RULES = [{ key: 'claim.#', args: {} }];
const WORK = 'rabbit-main:queue:/:claims';

/** By which id a lever journals a message that it takes, and by which the tap has the copy of it. */
function idsOf(fields: string, properties: object): { journal: string; copy: string } {
  const inForce = contracts({ channel: queueChannel('/', 'exchange: x, keys: ["claim.#"], name: claims'), spec: fields });
  const [flow] = inForce.flows;
  const channel = flow!.spec.path[0]!.channel as QueueChannel;
  const message = {
    content: Buffer.from('{"claim":{"id":"CLM-7"}}'), fields: { exchange: 'x', routingKey: 'claim.new', deliveryTag: 1, redelivered: false, consumerTag: '' },
    properties: { headers: {}, contentType: 'application/json', ...properties },
  } as unknown as ConsumeMessage;
  const source = { id: 'rabbit-main', settings: { vhosts: ['/'] } } as unknown as ConnectedSource<'rabbitmq'>;
  const context = { installation: 'test', contracts: () => inForce } as unknown as LeverContext;
  const identity = messageIdentity(source, { flow: flow!, hop: flow!.spec.path[0]!, channel, channelId: WORK }, channel, context, { exchanges: [], queues: [], bindings: [] });
  const tap = { purpose: 'messages' as const, vhost: '/', exchange: 'x', exchangeType: 'topic', queue: '', rules: RULES, routes: [{ channelId: WORK, rules: RULES }], deadLetters: [] };
  const [copy] = readMessages({ sourceId: 'rabbit-main', tap, mapper: inForce.mapper, storing: storingRulesOf(inForce), undecodable: () => undefined }, message, storedDigest(inForce.mapper, new CopyKeys().identify(message).key), 1);
  return { journal: identity.ofMessage(message).messageId, copy: copy!.mapped.messageId };
}

describe('a message that a lever takes', () => {
  it.each<[string, string, object, string | RegExp]>([
    ['the id that its publisher gave it', 'fields:\n  claim: { from: ["key:2"], case: true }', { messageId: 'm-1' }, 'm-1'],
    ['a token of that, where it identifies somebody', 'fields:\n  message: { from: ["header:message_id"], token: true }', { messageId: 'CLM-7' }, /^k1:/],
    ['the id that the contract reads', 'fields:\n  message: { from: ["header:claim-id"] }', { messageId: 'm-1', headers: { 'claim-id': 'c-9' } }, 'c-9'],
    ['all that was published, where it has no id', 'fields:\n  claim: { from: ["key:2"], case: true }', {}, /^derived:k1:/],
  ])('is known to the journal as the tap knows its copy: by %s', (_, fields, properties, id) => {
    const { journal, copy } = idsOf(fields, properties);
    expect(journal).toBe(copy);
    expect(journal).toMatch(id);
  });
});
