import { SpanKind } from '@opentelemetry/api';
import type { Channel, ConsumeMessage } from 'amqplib';
import { messageFrom } from '../network/message';
import type { WorkQueue } from '../network/queues';
import { ownKey, RETRIES } from '../network/queues';
import type { Faults } from './active-faults';
import type { Broker } from './broker';
import type { Consumer, Work } from './consumer';
import { Failure, failureCode } from './failure';
import { createOutageLog } from './outage-log';
import { messagingAttributes, retryHeaders, triesOf } from './queue-message';
import type { Telemetry } from './telemetry';
import { contextOf } from './telemetry';

const PREFETCH = 64;
/** After so many tries a message that cannot succeed by itself is a dead letter. */
const TRIES_OF_LASTING = 3;
/** So is any other, after about ten minutes of tries. */
const TRIES_AT_MOST = 22;

export interface QueueConsumerOptions {
  broker: Broker;
  telemetry: Telemetry;
  faults: Faults;
  queue: WorkQueue;
  /** The name by which the fault `consumer-stopped` finds it. */
  name?: string;
  work: Work;
  onWorked: () => void;
}

/**
 * Takes messages from a queue: works on each in the trace that it carries and acknowledges it. One that failed waits in a
 * retry queue, longer each time; one that is given up is rejected, which makes it a dead letter.
 */
export function startQueueConsumer({ broker, telemetry, faults, queue, name, work, onWorked }: QueueConsumerOptions): Consumer {
  const outages = createOutageLog(`putting messages of ${queue.queue} aside`);
  let stopped = false;

  async function workOn(delivery: ConsumeMessage, channel: Channel): Promise<void> {
    const { headers, messageId } = delivery.properties;
    const before = triesOf(headers);
    const tries = before.tries + 1;
    try {
      const message = messageFrom(JSON.parse(delivery.content.toString('utf8')));
      await telemetry.inSpan(
        {
          name: `process ${queue.queue}`,
          kind: SpanKind.CONSUMER,
          parent: contextOf({ traceparent: headers?.['traceparent'] as string | undefined }),
          attributes: {
            ...messagingAttributes(broker.address, {
              operation: 'process', destination: queue.queue, routingKey: delivery.fields.routingKey, messageId: String(messageId),
            }),
            ...telemetry.messageAttributes(message),
            ...telemetry.attemptAttributes(tries),
          },
        },
        async () => {
          await faults.slowdown();
          await work({ message, attempt: before.deliveries + 1 });
        },
      );
      settle(() => channel.ack(delivery));
      onWorked();
    } catch (error) {
      if (stopped) return;
      await putAside(delivery, channel, tries, error);
    }
  }

  async function putAside(delivery: ConsumeMessage, channel: Channel, tries: number, error: unknown): Promise<void> {
    const isLasting = !(error instanceof Failure) || error.isLasting;
    if (tries >= (isLasting ? TRIES_OF_LASTING : TRIES_AT_MOST)) return settle(() => channel.nack(delivery, false, false));
    const { headers, messageId, timestamp, type, appId, contentType } = delivery.properties;
    const deliveries = triesOf(headers).deliveries + (error instanceof Failure && error.isBeforeDelivery ? 0 : 1);
    const failure = { code: failureCode(error), text: error instanceof Error ? error.message : 'unknown error' };
    const retry = RETRIES[Math.min(tries, RETRIES.length) - 1] ?? RETRIES[0];
    try {
      // Only once the copy is safe is the message taken off the queue: better twice than never.
      await broker.publisher.publish(retry.exchange, ownKey(queue, delivery.fields.routingKey), delivery.content, {
        persistent: true, messageId: messageId as string, timestamp: timestamp as number, type: type as string,
        appId: appId as string, contentType: contentType as string, headers: retryHeaders(headers, { tries, deliveries }, failure),
      });
      settle(() => channel.ack(delivery));
      outages.succeeded();
    } catch (trouble) {
      outages.failed(trouble);
      settle(() => channel.nack(delivery, false, true));
    }
  }

  const subscription = {
    queue: queue.queue,
    prefetch: PREFETCH,
    isOpen: () => name === undefined || !faults.isOn('consumer-stopped', name),
    onMessage: (message: ConsumeMessage, channel: Channel) => void workOn(message, channel),
  };
  broker.subscriber.subscribe(subscription);
  faults.onChange(() => broker.subscriber.refresh());
  return { stop: () => void (stopped = true) };
}

/** On a channel that is gone there is nothing to settle: the broker delivers the message again. */
function settle(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalOperationError') throw error;
  }
}
