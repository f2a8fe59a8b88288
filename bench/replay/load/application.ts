/** An application that consumes with a user of its own, as one that can be paused does, while another one publishes. */
import { setTimeout as pause } from 'node:timers/promises';
import { EXCHANGE, WORK } from '@/collectors/testing/control-room';
import { Consumer } from '@/collectors/rabbitmq/levers/testing/publishers';
import type { BenchRoom } from '../room';
import { publish } from './messages';

export interface Application {
  /** Connects, again where it was thrown off, and waits until the broker's own list shows it. */
  connect(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 50;
const LOOK_MS = 100;

/** @returns not yet connected; about 20 messages per second are published until it is stopped */
export async function startApplication(room: BenchRoom): Promise<Application> {
  const { broker, vhost } = room;
  const user = await broker.createUser({ permissions: { vhost, configure: '', write: '', read: '.*' } });
  const publisher = await room.channel();
  const ending = new AbortController();
  const publishing = (async () => {
    for (let number = 0; !ending.signal.aborted; number++) {
      await publish(publisher, EXCHANGE, `flowing-${number}`, 1);
      await pause(EVERY_MS);
    }
  })();
  let consumer: Consumer | null = null;
  return {
    async connect() {
      await consumer?.stop();
      consumer = await Consumer.begin(broker.amqpUrl(user, vhost), WORK);
      while (!(await listedConsumers(room)).includes(user.user)) await pause(LOOK_MS);
    },
    async stop() {
      ending.abort();
      await publishing;
      await consumer?.stop();
    },
  };
}

/** Users that consume, as the management interface knows some seconds later. */
async function listedConsumers({ broker: { managementUrl, admin }, vhost }: BenchRoom): Promise<string[]> {
  const response = await fetch(`${managementUrl}/api/consumers/${encodeURIComponent(vhost)}`, { headers: { authorization: `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}` } });
  const consumers = (await response.json()) as { channel_details?: { user?: string } }[];
  return consumers.flatMap(({ channel_details: details }) => details?.user ?? []);
}
