import { SpanKind } from '@opentelemetry/api';
import type { ClientBase, Pool } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import type { BusinessMessage } from '../network/message';
import { queueInsteadOf, routingKeyOf } from '../network/queues';
import type { Broker } from './broker';
import type { DatabaseAddress } from './database';
import { enqueue } from './interface-table';
import { messagingAttributes, newMessageProperties } from './queue-message';
import type { Telemetry } from './telemetry';

interface Sender {
  telemetry: Telemetry;
  database: DatabaseAddress;
  broker: Broker | undefined;
}

/**
 * Hands a message over to its destination: through the broker where there is one and the hand-over runs over it, otherwise
 * through the interface table, in the caller's transaction. A published message is confirmed before this returns; should the
 * transaction fail afterwards, the message comes again with the same id, and receivers know it.
 */
export async function handOver(
  sender: Sender, client: ClientBase | Pool, table: InterfaceTable, destination: string, message: BusinessMessage,
): Promise<void> {
  const { telemetry, broker } = sender;
  const queue = queueInsteadOf(table, destination);
  if (broker === undefined || queue === undefined || queue.exchange === null) return enqueue(sender, client, table, destination, message);
  const { exchange } = queue;
  const routingKey = routingKeyOf(queue, message);
  await telemetry.inSpan(
    {
      name: `send ${exchange}`,
      kind: SpanKind.PRODUCER,
      attributes: {
        ...messagingAttributes(broker.address, {
          operation: 'send', destination: exchange, routingKey, messageId: message.facts.messageId,
        }),
        ...telemetry.messageAttributes(message),
      },
    },
    () => broker.publisher.publish(exchange, routingKey, Buffer.from(JSON.stringify(message)), newMessageProperties(queue, message, telemetry.service)),
  );
}
