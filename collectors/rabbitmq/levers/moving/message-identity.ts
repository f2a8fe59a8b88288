/** What a message that a lever takes is to the contracts: its key in the journal, its business columns, its fields in clear. */
import type { ConsumeMessage } from 'amqplib';
import { channelId, type QueueChannel } from '@/server/domain/contracts/channel';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { compileTapSelector, type TapFacts } from '@/server/domain/mapping/tap-mapper';
import { emptyMappedRecord, type MappedRecord } from '@/server/domain/taps/facts';
import type { LeverContext, LeverTarget } from '@/collectors/runtime/operations/levers';
import { contentKey, digestOf, storedDigest } from '../../messages/copy-keys';
import { planTaps, type PlannedTap } from '../../messages/tap-plan';
import { factsOf, nativeId, storingRulesOf, type CopyReader } from '../../messages/read-copy';
import { readDeadLetter } from '../../messages/read-dead-letter';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import type { BrokerTopology } from '../../topology';

export interface Identified {
  itemKey: string;
  messageId: string;
  mapped: MappedRecord;
}

/** A value of the contract's fields in clear, for probes only; undefined where there is none. */
export type FieldsInClear = (name: string) => string | undefined;

export interface MessageIdentity {
  /** Of a message that lies in the dead-letter queue: the same key by which the message tap knows it. */
  ofDeadLetter(message: ConsumeMessage): Identified;
  /** Of a message on its way to the work queue. */
  ofMessage(message: ConsumeMessage): Identified;
  /** @param routingKey with which it was published first */
  fieldsOf(message: ConsumeMessage, routingKey: string): FieldsInClear;
}

export function messageIdentity(source: ConnectedSource<'rabbitmq'>, target: LeverTarget, channel: QueueChannel, context: LeverContext, topology: BrokerTopology): MessageIdentity {
  const contracts = context.contracts();
  const reader = (tap: PlannedTap): CopyReader => ({ sourceId: source.id, tap, mapper: contracts.mapper, storing: storingRulesOf(contracts), undecodable: () => undefined });
  const { taps } = planTaps({ id: source.id, installation: context.installation, vhosts: source.settings.vhosts }, contracts.flows, topology);
  const deadLetters = reader(taps.find((tap) => tap.purpose === 'dead-letters' && tap.vhost === channel.vhost && tap.deadLetters.some(({ originQueue }) => originQueue === channel.name)) ?? untapped(source, channel));
  const messages = reader(untapped(source, channel));
  const candidates = contracts.mapper.hopsOn(channelId(channel));

  return {
    ofDeadLetter(message) {
      const { itemKey, mapped } = readDeadLetter(deadLetters, message, context.now());
      return { itemKey, messageId: mapped.messageId, mapped };
    },
    ofMessage(message) {
      const { exchange, routingKey } = message.fields;
      const facts = factsOf(messages, message, routingKey, candidates);
      const hop = contracts.mapper.choose(candidates, facts);
      const mapped = hop ? contracts.mapper.map(hop, facts, null) : emptyMappedRecord();
      const native = nativeId(messages, hop, facts);
      // The key is that of its dead letter, should it fail; the id is that of its copy.
      const itemKey = native || mapped.messageId || `derived:${storedDigest(contracts.mapper, contentKey(exchange, routingKey, message.content))}`;
      mapped.messageId ||= native || `derived:${storedDigest(contracts.mapper, digestOf(message))}`;
      return { itemKey, messageId: mapped.messageId, mapped };
    },
    fieldsOf: (message, routingKey) => fieldsInClear(target.flow, factsOf(messages, message, routingKey, candidates)),
  };
}

/** Stands for the tap where none can be, so that keys are made by the same rules. */
function untapped({ id }: ConnectedSource<'rabbitmq'>, channel: QueueChannel): PlannedTap {
  const originChannelId = channelId(channel);
  const { vhost, name } = channel;
  const deadLetterChannelId = channelId({ source: id, kind: 'queue', vhost, name: channel.deadLetter?.queue ?? '' });
  return {
    purpose: 'dead-letters', vhost, exchange: '', exchangeType: 'fanout', queue: '', rules: [], routes: [{ channelId: deadLetterChannelId, rules: [{ key: '', args: {} }] }],
    deadLetters: [{ vhost, originQueue: name, originChannelId, deadLetterChannelId }],
  };
}

function fieldsInClear({ spec: { fields } }: FlowContract, facts: TapFacts): FieldsInClear {
  return (name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    for (const selector of field?.from ?? []) {
      const value = compileTapSelector(selector)?.(facts);
      if (value === undefined) continue;
      return field?.letters === 'upper' ? value.toUpperCase() : field?.letters === 'lower' ? value.toLowerCase() : value;
    }
    return undefined;
  };
}
