/** Turns the copy of a dead letter into a failed message. */
import type { ConsumeMessage } from 'amqplib';
import { channelId } from '@/server/domain/contracts/channel';
import { emptyMappedRecord, type FailedMessage } from '@/server/domain/taps/facts';
import { contentKey, storedDigest } from './copy-keys';
import { attemptsIn, firstDeathIn, readDeaths } from './deaths';
import type { DeadLetterRoute } from './dead-letter-plan';
import { headerText } from './header-text';
import { exchangeId, factsOf, nativeId, storedBody, storedKey, type CopyReader } from './read-copy';
import { bindingTakes } from './routing';

export function readDeadLetter(reader: CopyReader, message: ConsumeMessage, seenAt: number): FailedMessage {
  const { tap, mapper, sourceId } = reader;
  const { exchange, routingKey } = message.fields;
  const headers: Record<string, unknown> = message.properties.headers ?? {};
  const first = (name: string) => (Object.hasOwn(headers, name) ? (headerText(headers[name]) ?? '') : '');
  const deaths = readDeaths(headers['x-death']);
  const latest = deaths[0];
  const routes = routesHere(reader, [routingKey], headers);
  // An application that parks a message itself leaves older deaths or none: then the wiring tells where it came from.
  const origin = [...deaths.map(({ queue }) => queue), first('x-first-death-queue')]
    .flatMap((queue) => tap.deadLetters.filter(({ originQueue }) => originQueue === queue)).at(0) ?? (latest || routes.length !== 1 ? null : routes[0]!);
  const originQueue = origin?.originQueue ?? latest?.queue ?? '';
  const death = deaths.find(({ queue }) => queue === originQueue) ?? latest;
  const originChannelId = origin?.originChannelId ?? (originQueue === '' ? '' : channelId({ source: sourceId, kind: 'queue', vhost: tap.vhost, name: originQueue }));
  const originExchange = death?.exchange ?? first('x-first-death-exchange');
  const originRoutingKey = death?.routingKeys[0] ?? routingKey;
  const nativeReason = death?.reason ?? first('x-first-death-reason');

  const candidates = mapper.hopsOn(originChannelId);
  const facts = factsOf(reader, message, originRoutingKey, candidates);
  const hop = mapper.choose(candidates, facts);
  const mapped = hop ? mapper.map(hop, facts, nativeReason) : { ...emptyMappedRecord(), reason: 'UNCLASSIFIED' };
  const native = nativeId(reader, hop, facts);
  const itemKey = native || mapped.messageId || `derived:${storedDigest(mapper, contentKey(originExchange, originRoutingKey, message.content))}`;
  mapped.messageId ||= itemKey;
  for (const what of facts.notUnderstood) reader.undecodable(`${exchange}/${what}`);
  return {
    kind: 'failedMessage', sourceId, originChannelId, itemKey, state: 'failed', seenAt, mapped, nativeReason, originExchange,
    originRoutingKey: storedKey(reader, hop, originRoutingKey),
    deaths: deaths.map((entry) => ({ ...entry, routingKeys: entry.routingKeys.map((key) => storedKey(reader, hop, key)) })),
    channelId: (origin ?? routes[0])?.deadLetterChannelId ?? exchangeId(sourceId, tap.vhost, exchange),
    failedAt: Math.min(firstDeathIn(originQueue, deaths) ?? seenAt, seenAt),
    errorText: '',
    // A message that reached its delivery limit died once, after many attempts that are not told.
    attempts: nativeReason === 'delivery_limit' ? null : attemptsIn(originQueue, deaths),
    sizeBytes: message.content.length,
    body: storedBody(reader, hop, facts),
  };
}

/** The dead-letter queues that get this message. */
function routesHere({ tap }: CopyReader, keys: readonly string[], headers: Record<string, unknown>): DeadLetterRoute[] {
  const channels = new Set(tap.routes.filter(({ rules }) => rules.some((rule) => bindingTakes(tap.exchangeType, rule, keys, headers))).map((route) => route.channelId));
  return tap.deadLetters.filter(({ deadLetterChannelId }) => channels.has(deadLetterChannelId));
}
