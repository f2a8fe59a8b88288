/** Turns one copy into facts: a message that passed, or a dead letter. */
import type { ConsumeMessage } from 'amqplib';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { cleanValue } from '@/server/domain/mapping/clean-value';
import type { TappedHop, TapMapper } from '@/server/domain/mapping/tap-mapper';
import { emptyMappedRecord, type TapMessage } from '@/server/domain/taps/facts';
import type { ContractsInForce } from '@/collectors/runtime/taps/connector';
import { amqpInstant, headerText } from './header-text';
import { bodyPointersOf, maskedBody, mayStoreBody, type BodyPointers } from './masked-body';
import { identifyingKeyParts, maskedRoutingKey } from './masked-routing-key';
import { MessageFacts } from './message-facts';
import { isItemMark, ITEM_HEADER } from '../own-names';
import { bindingTakes } from './routing';
import type { PlannedTap } from './tap-plan';
import { readTraceparent } from './trace-context';

const MOST_HEADER_NAMES = 100;
const LONGEST_NAME = 128;

export interface StoringRules {
  pointers: BodyPointers;
  mayStoreBody: boolean;
  /** Parts of the routing key that identify somebody. */
  keyParts: ReadonlySet<number>;
}

/** What the reader of one tap's copies needs to know; made anew when contracts or wiring change. */
export interface CopyReader {
  sourceId: string;
  tap: PlannedTap;
  mapper: TapMapper;
  /** What of a flow's messages may be stored, by flow id. */
  storing: ReadonlyMap<string, StoringRules>;
  /** Something that was there and could not be understood. */
  undecodable(subject: string): void;
}

export function storingRulesOf(contracts: ContractsInForce): CopyReader['storing'] {
  return new Map(contracts.flows.map((flow) => [flow.metadata.id, { pointers: bodyPointersOf(flow), mayStoreBody: mayStoreBody(flow), keyParts: identifyingKeyParts(flow) }]));
}

/** The message once for each channel that it went to; once for the exchange when no contract's binding fits. */
export function readMessages(reader: CopyReader, message: ConsumeMessage, copyKey: string, seenAt: number): TapMessage[] {
  const { tap, mapper, sourceId } = reader;
  const { exchange, routingKey } = message.fields;
  const keys = [routingKey, ...carbonCopies(message.properties.headers)];
  const headers: Record<string, unknown> = message.properties.headers ?? {};
  const channels = tap.routes.filter(({ rules }) => rules.some((rule) => bindingTakes(tap.exchangeType, rule, keys, headers))).map(({ channelId }) => channelId);
  const targets = channels.length > 0 ? channels : [exchangeId(sourceId, tap.vhost, exchange)];

  return targets.map((channelId) => {
    const candidates = mapper.hopsOn(channelId);
    const facts = factsOf(reader, message, routingKey, candidates);
    const hop = mapper.choose(candidates, facts);
    const mapped = hop ? mapper.map(hop, facts, null) : emptyMappedRecord();
    const nativeMessageId = nativeId(reader, hop, facts);
    const isDerivedId = mapped.messageId === '' && nativeMessageId === '';
    mapped.messageId ||= nativeMessageId || `derived:${copyKey}`;
    const published = message.properties.timestamp as unknown;
    const publishedAt = amqpInstant(published);
    if (published !== undefined && publishedAt === null) facts.notUnderstood.add('timestamp');
    const fact: TapMessage = {
      kind: 'tapMessage', sourceId, channelId, exchange, routingKey: storedKey(reader, hop, routingKey), copyKey, seenAt, publishedAt, nativeMessageId, isDerivedId, mapped,
      sizeBytes: message.content.length,
      contentType: cleanValue(facts.header('content_type')) ?? '',
      ...readTraceparent(traceparentOf(facts)),
      headerNames: headerNames(facts),
      headers: keptHeaders(mapper, facts),
      body: storedBody(reader, hop, facts),
    };
    for (const what of facts.notUnderstood) reader.undecodable(`${exchange}/${what}`);
    return fact;
  });
}

/** What is left to say of a copy that cannot be read: that it passed. */
export function unreadMessage(reader: CopyReader, message: ConsumeMessage, copyKey: string, seenAt: number): TapMessage {
  const { sourceId, tap } = reader;
  const { exchange, routingKey } = message.fields;
  return {
    kind: 'tapMessage', sourceId, channelId: exchangeId(sourceId, tap.vhost, exchange), exchange, routingKey: storedKey(reader, null, routingKey), copyKey, seenAt, publishedAt: null,
    sizeBytes: message.content.length, contentType: '', traceId: '', spanId: '', nativeMessageId: '', isDerivedId: true,
    mapped: { ...emptyMappedRecord(), messageId: `derived:${copyKey}` }, headerNames: [], headers: {}, body: '',
  };
}

export function factsOf({ storing }: CopyReader, message: ConsumeMessage, routingKey: string, candidates: readonly TappedHop[]): MessageFacts {
  const mayReadBody = candidates.some(({ flow }) => (storing.get(flow.metadata.id)?.pointers.read.size ?? 0) > 0);
  return new MessageFacts(message, routingKey, mayReadBody);
}

/** The publisher's own id; as a token where the contract says that it identifies somebody. */
export function nativeId(reader: CopyReader, hop: TappedHop | null, facts: MessageFacts): string {
  const id = cleanValue(facts.header('message_id')) ?? '';
  return id !== '' && flowsOf(reader, hop).some(({ spec }) => spec.fields['message']?.token) ? reader.mapper.tokenOf(id).token : id;
}

export function storedBody({ storing }: CopyReader, hop: TappedHop | null, facts: MessageFacts): string {
  const rule = hop && storing.get(hop.flow.metadata.id);
  return rule?.mayStoreBody ? maskedBody(facts.body(), rule.pointers) : '';
}

/** A routing key without what identifies somebody. */
export function storedKey(reader: CopyReader, hop: TappedHop | null, routingKey: string): string {
  return maskedRoutingKey(routingKey, new Set(flowsOf(reader, hop).flatMap(({ metadata }) => [...(reader.storing.get(metadata.id)?.keyParts ?? [])])));
}

/** The flow of a message; where none or more than one claims it, all that pass here, so that the careful one decides. */
function flowsOf({ tap, mapper }: CopyReader, hop: TappedHop | null): FlowContract[] {
  if (hop) return [hop.flow];
  const channels = new Set([...tap.routes.map(({ channelId }) => channelId), ...tap.deadLetters.map(({ originChannelId }) => originChannelId)]);
  return [...channels].flatMap((channelId) => mapper.hopsOn(channelId).map(({ flow }) => flow));
}

/** The id under which messages are kept that fit no contract's binding. */
export function exchangeId(sourceId: string, vhost: string, exchange: string): string {
  const part = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/');
  return `${sourceId}:exchange:${part(vhost)}:${part(exchange)}`;
}

/** Sender-selected routing keys. `BCC` is taken out by the broker. */
export function carbonCopies(headers: Record<string, unknown> | undefined): string[] {
  const cc = headers?.['CC'];
  return Array.isArray(cc) ? cc.filter((key) => typeof key === 'string') : [];
}

/** Some libraries write it as bytes. */
function traceparentOf(facts: MessageFacts): string | undefined {
  const value = Object.hasOwn(facts.headers, 'traceparent') ? facts.headers['traceparent'] : undefined;
  return Buffer.isBuffer(value) ? value.toString('latin1') : (headerText(value) ?? undefined);
}

function headerNames(facts: MessageFacts): string[] {
  const names = Object.keys(facts.headers);
  if (names.length > MOST_HEADER_NAMES || names.some((name) => name.length > LONGEST_NAME || name.includes('\uFFFD'))) facts.notUnderstood.add('header names');
  return names.slice(0, MOST_HEADER_NAMES).map((name) => name.slice(0, LONGEST_NAME));
}

function keptHeaders(mapper: TapMapper, facts: MessageFacts): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of mapper.headersToKeep) {
    const value = cleanValue(facts.header(name));
    if (value !== undefined) kept[name] = value;
  }
  // By it a replay finds out what it had sent before a crash.
  const mark = facts.headers[ITEM_HEADER];
  if (typeof mark === 'string' && isItemMark(mark)) kept[ITEM_HEADER] = mark;
  return kept;
}
