import type { Channel, ConsumeMessage } from 'amqplib';
import { type ConnectionPart, keepConnected, type OpenConnection } from './broker-connection';
import { createOutageLog } from './outage-log';

/** A queue that is consumed for as long as `isOpen` says so. */
export interface Subscription {
  queue: string;
  prefetch: number;
  isOpen(): boolean;
  onMessage(message: ConsumeMessage, channel: Channel): void;
}

export interface Subscriber {
  subscribe(subscription: Subscription): void;
  /** Asks every subscription again whether it is open. */
  refresh(): void;
  stop(): void;
}

interface Live {
  connection: OpenConnection;
  consuming: Map<Subscription, { channel: Channel; tag: string | undefined }>;
}

/** Consumes over a connection of its own, made for the first subscription; after every interruption everything that was subscribed is subscribed again. */
export function startSubscriber(url: string, name: string): Subscriber {
  const outages = createOutageLog(`the subscriptions of ${name}`);
  const subscriptions: Subscription[] = [];
  let live: Live | undefined;
  let turn = Promise.resolve();

  async function reconcile({ connection, consuming }: Live, subscription: Subscription): Promise<void> {
    let state = consuming.get(subscription);
    if (state === undefined) {
      state = { channel: await connection.open((model) => model.createChannel()), tag: undefined };
      await state.channel.prefetch(subscription.prefetch);
      consuming.set(subscription, state);
    }
    const { channel, tag } = state;
    if (subscription.isOpen() && tag === undefined) {
      const { consumerTag } = await channel.consume(subscription.queue, (message) => {
        if (message !== null) return subscription.onMessage(message, channel);
        // The broker has ended the subscription by itself.
        outages.failed(new Error(`the queue ${subscription.queue} is gone, unless it moves; the next start of the sandbox makes it again`));
        channel.close().catch(() => undefined);
      });
      state.tag = consumerTag;
    } else if (!subscription.isOpen() && tag !== undefined) {
      state.tag = undefined;
      await channel.cancel(tag);
    }
  }

  function refresh(): void {
    turn = turn
      .then(async () => {
        if (live === undefined) return;
        for (const subscription of subscriptions) await reconcile(live, subscription);
        outages.succeeded();
      })
      .catch(outages.failed);
  }

  const part: ConnectionPart = {
    async setUp(established) {
      const next: Live = { connection: established, consuming: new Map() };
      for (const subscription of subscriptions) await reconcile(next, subscription);
      live = next;
      // For what was subscribed, opened or closed meanwhile.
      refresh();
    },
    tearDown: () => void (live = undefined),
  };
  let connection: ReturnType<typeof keepConnected> | undefined;

  return {
    subscribe(subscription) {
      subscriptions.push(subscription);
      connection ??= keepConnected(url, `${name} consuming`, part);
      refresh();
    },
    refresh,
    stop: () => connection?.stop(),
  };
}
