import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { readMessages, storingRulesOf, unreadMessage, type CopyReader } from './read-copy';
import { readDeadLetter } from './read-dead-letter';
import { contracts, queueChannel } from './testing/contract-flows';

const CLAIM = 'CLM-48213';
const KEY = `claim.${CLAIM}.new`;
const RULES = [{ key: 'claim.#', args: {} }];
const ORIGIN = 'rabbit-main:queue:/:claims';

/** A flow whose routing key and message id name the claim. */
function reader(purpose: CopyReader['tap']['purpose'], rules = RULES): CopyReader {
  const inForce = contracts({
    channel: queueChannel('/', 'exchange: x, keys: ["claim.#"], name: claims'),
    spec: 'fields:\n  message: { from: ["header:message_id"], token: true }\n  claim: { from: ["key:2"], case: true, token: true }',
  });
  return {
    sourceId: 'rabbit-main', mapper: inForce.mapper, storing: storingRulesOf(inForce), undecodable: () => undefined,
    tap: {
      purpose, vhost: '/', exchange: 'x', exchangeType: 'topic', queue: 'signalbox.tap.rabbit-main.0', rules, routes: [{ channelId: ORIGIN, rules }],
      deadLetters: [{ vhost: '/', originQueue: 'claims', originChannelId: ORIGIN, deadLetterChannelId: 'rabbit-main:queue:/:claims.dead' }],
    },
  };
}

function copy(headers: Record<string, unknown> = {}): ConsumeMessage {
  return {
    content: Buffer.from('{}'), fields: { exchange: 'x', routingKey: KEY, deliveryTag: 1, redelivered: false, consumerTag: '' },
    properties: { headers, messageId: CLAIM },
  } as unknown as ConsumeMessage;
}

describe('the mark of a replay', () => {
  const kept = (mark: unknown) => readMessages(reader('messages'), copy({ 'x-signalbox-item': mark }), 'digest', 1)[0]!.headers;

  it('is kept, by which a replay finds out after a crash what it had sent', () => {
    expect(kept('0190a5d6-0000-7000-8000-000000000001/17')).toEqual({ 'x-signalbox-item': '0190a5d6-0000-7000-8000-000000000001/17' });
  });

  it('is not kept when it is none of ours: anybody may write such a header', () => {
    for (const other of [CLAIM, `0190a5d6-0000-7000-8000-000000000001/${CLAIM}`, 7, { a: 1 }]) expect(kept(other)).toEqual({});
  });
});

describe('a routing key or message id that identifies somebody', () => {
  it('is masked in the message that it belongs to', () => {
    const [message] = readMessages(reader('messages'), copy(), 'digest', 1);
    expect(message!.mapped).toMatchObject({ flowId: 'flow-0', caseToken: expect.stringMatching(/^k1:/) });
    expect(message!.routingKey).toBe('claim.‹masked:9›.new');
    expect(JSON.stringify(message)).not.toContain(CLAIM);
  });

  it('is masked where no contract claims the message, and where it cannot be read', () => {
    const [unclaimed] = readMessages(reader('messages', [{ key: 'other', args: {} }]), copy(), 'digest', 1);
    expect(unclaimed!.mapped.flowId).toBe('');
    expect(JSON.stringify(unclaimed)).not.toContain(CLAIM);
    expect(JSON.stringify(unreadMessage(reader('messages'), copy(), 'digest', 1))).not.toContain(CLAIM);
  });

  it('is masked in dead letters with their history', () => {
    const failure = readDeadLetter(reader('dead-letters'), copy({ 'x-death': [{ queue: 'claims', reason: 'rejected', count: 1, exchange: 'x', 'routing-keys': [KEY] }] }), 1);
    expect(failure).toMatchObject({ originChannelId: ORIGIN, originRoutingKey: 'claim.‹masked:9›.new', deaths: [{ routingKeys: ['claim.‹masked:9›.new'] }] });
    expect(JSON.stringify(failure)).not.toContain(CLAIM);
  });
});
