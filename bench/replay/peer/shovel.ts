/** The broker's own way of moving messages from queue to queue: its shovel plugin, with a confirm before each acknowledgement. */
import type { ConfirmChannel } from 'amqplib';
import type { TestBroker } from '@/scripts/testing/broker';
import { timeArrivals, type Arrivals } from '../measure/arrivals';

/** Moves what is in `from` to `to`, as an operator would with a dynamic shovel, and takes the shovel away again. */
export async function shovel({ broker, vhost, channel }: { broker: TestBroker; vhost: string; channel: ConfirmChannel }, { from, to, count }: { from: string; to: string; count: number }): Promise<Arrivals> {
  // Without a host the shovel connects inside of the node, which is the fastest that it can.
  const uri = `amqp:///${encodeURIComponent(vhost)}`;
  const arrivals = timeArrivals(channel, to, count);
  await ask(broker, 'PUT', vhost, {
    value: {
      'src-protocol': 'amqp091', 'src-uri': uri, 'src-queue': from, 'src-delete-after': 'queue-length',
      'dest-protocol': 'amqp091', 'dest-uri': uri, 'dest-queue': to, 'ack-mode': 'on-confirm',
    },
  });
  const figures = await arrivals;
  // It is gone by itself once it has moved as many as there were.
  await ask(broker, 'DELETE', vhost);
  return figures;
}

async function ask({ managementUrl, admin }: TestBroker, method: 'PUT' | 'DELETE', vhost: string, body?: object): Promise<void> {
  const response = await fetch(`${managementUrl}/api/parameters/shovel/${encodeURIComponent(vhost)}/bench`, {
    method, headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.text();
  if (!response.ok && !(method === 'DELETE' && response.status === 404)) throw new Error(`The broker refused the shovel (${response.status}): ${answer}`);
}
