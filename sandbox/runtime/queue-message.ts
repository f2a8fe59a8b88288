import type { Options } from 'amqplib';
import type { BusinessMessage } from '../network/message';
import type { WorkQueue } from '../network/queues';
import { headersOf } from '../network/queues';
import type { BrokerAddress } from './broker-connection';
import { CONVENTION } from './conventions';
import { currentTraceparent } from './telemetry';

const TRIES = 'tries';
const DELIVERIES = 'deliveries';
const ERROR_CODE = 'error-code';
const ERROR_TEXT = 'error-text';

/** How often a message has been tried, and how often it has left for the next system, before this time. */
export interface Tries {
  tries: number;
  deliveries: number;
}

/** Properties and headers of a new message. */
export function newMessageProperties(queue: WorkQueue, message: BusinessMessage, sender: string): Options.Publish {
  const traceparent = currentTraceparent();
  return {
    persistent: true,
    contentType: 'application/json',
    messageId: message.facts.messageId,
    type: queue.event,
    appId: sender,
    // Whole seconds, as the protocol has it.
    ...(queue.isStamped ? { timestamp: Math.floor(Date.now() / 1_000) } : {}),
    headers: { ...headersOf(message), ...(traceparent === null ? {} : { traceparent }) },
  };
}

/** What earlier tries have left in the headers. */
export function triesOf(headers: Record<string, unknown> | undefined): Tries {
  return { tries: Number(headers?.[TRIES] ?? 0), deliveries: Number(headers?.[DELIVERIES] ?? 0) };
}

/** Headers of a message that failed and waits for its next try. */
export function retryHeaders(
  headers: Record<string, unknown> | undefined, { tries, deliveries }: Tries, failure: { code: string; text: string },
): Record<string, unknown> {
  return { ...headers, [TRIES]: tries, [DELIVERIES]: deliveries, [ERROR_CODE]: failure.code, [ERROR_TEXT]: failure.text.slice(0, 500) };
}

/** Attributes of a span that sends to an exchange or takes from a queue. */
export function messagingAttributes(
  broker: BrokerAddress, span: { operation: 'send' | 'process'; destination: string; routingKey: string; messageId: string },
) {
  return {
    [CONVENTION.messagingSystem]: 'rabbitmq',
    [CONVENTION.messagingOperation]: span.operation,
    [CONVENTION.messagingDestination]: span.destination,
    [CONVENTION.messagingRoutingKey]: span.routingKey,
    [CONVENTION.messagingMessageId]: span.messageId,
    [CONVENTION.serverAddress]: broker.address,
    [CONVENTION.serverPort]: broker.port,
  };
}

