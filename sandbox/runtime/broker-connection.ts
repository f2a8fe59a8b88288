import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import { connect } from 'amqplib';
import { Failure } from './failure';
import { createOutageLog } from './outage-log';

const FIRST_RECONNECT_MS = 500;
const LONGEST_RECONNECT_MS = 10_000;
/** A broker that is short of memory or disk takes messages and confirms none. */
const CONFIRM_LIMIT_MS = 30_000;

/** Where the broker listens, as telemetry tells it. */
export interface BrokerAddress {
  address: string;
  port: number;
}

/** A queue that is consumed for as long as `isOpen` says so. */
export interface Subscription {
  queue: string;
  prefetch: number;
  isOpen(): boolean;
  onMessage(message: ConsumeMessage, channel: Channel): void;
}

/** One connection of one application to the broker; it comes back by itself, with everything that was subscribed. */
export interface BrokerConnection {
  address: BrokerAddress;
  /** Resolves when the broker has confirmed the message. @throws Failure BROKER_UNREACHABLE */
  publish(exchange: string, routingKey: string, body: Buffer, options: Options.Publish): Promise<void>;
  subscribe(subscription: Subscription): void;
  /** Asks every subscription again whether it is open. */
  refresh(): void;
  stop(): void;
}

interface Live {
  model: ChannelModel;
  publishing: ConfirmChannel;
  consuming: Map<Subscription, { channel: Channel; tag: string | undefined }>;
}

/** @param name what the broker's own pages call this connection */
export function connectBroker(url: string, name: string): BrokerConnection {
  const { hostname, port, protocol } = new URL(url);
  const address = { address: hostname, port: Number(port || (protocol === 'amqps:' ? 5671 : 5672)) };
  const outages = createOutageLog(`${name} at the broker ${address.address}:${address.port}`);
  const subscriptions: Subscription[] = [];
  let live: Live | undefined;
  let turn = Promise.resolve();

  async function setUp(model: ChannelModel): Promise<void> {
    const publishing = await openChannel(model, () => model.createConfirmChannel());
    live = { model, publishing, consuming: new Map() };
    for (const subscription of subscriptions) await reconcile(live, subscription);
  }

  /** A channel that the broker closes takes the connection with it: only a new start brings all parts back. */
  async function openChannel<C extends Channel>(model: ChannelModel, open: () => Promise<C>): Promise<C> {
    const channel = await open();
    channel.on('error', outages.failed);
    channel.on('close', () => {
      if (live?.model === model) live = undefined;
      model.close().catch(() => undefined);
    });
    return channel;
  }

  async function reconcile(current: Live, subscription: Subscription): Promise<void> {
    const state = current.consuming.get(subscription);
    if (state === undefined) {
      const channel = await openChannel(current.model, () => current.model.createChannel());
      await channel.prefetch(subscription.prefetch);
      current.consuming.set(subscription, { channel, tag: undefined });
      return reconcile(current, subscription);
    }
    if (subscription.isOpen() && state.tag === undefined) {
      const { consumerTag } = await state.channel.consume(subscription.queue, (message) => {
        // Null: the broker has ended the subscription, because the queue is gone or moved.
        if (message === null) state.channel.close().catch(() => undefined);
        else subscription.onMessage(message, state.channel);
      });
      state.tag = consumerTag;
    } else if (!subscription.isOpen() && state.tag !== undefined) {
      const { tag } = state;
      state.tag = undefined;
      await state.channel.cancel(tag);
    }
  }

  function refresh(): void {
    turn = turn.then(async () => {
      if (live === undefined) return;
      for (const subscription of subscriptions) await reconcile(live, subscription);
    }).catch(outages.failed);
  }

  const connection = connect(url, {
    clientProperties: { connection_name: name },
    recovery: { waitForConnect: false, initialDelay: FIRST_RECONNECT_MS, maxDelay: LONGEST_RECONNECT_MS, setup: setUp },
  }).then((recovering) => {
    recovering.on('connect', outages.succeeded);
    recovering.on('connect-failed', outages.failed);
    recovering.on('disconnect', (error) => {
      live = undefined;
      outages.failed(error);
    });
    recovering.on('error', outages.failed);
    return recovering;
  });

  return {
    address,
    publish: (exchange, routingKey, body, options) =>
      new Promise((resolve, reject) => {
        const fail = (reason: string) => reject(new Failure('BROKER_UNREACHABLE', `The broker did not take a message for ${exchange}: ${reason}`, 503));
        if (live === undefined) return fail('there is no connection');
        const limit = setTimeout(() => fail(`no confirmation within ${CONFIRM_LIMIT_MS / 1_000} s`), CONFIRM_LIMIT_MS);
        try {
          live.publishing.publish(exchange, routingKey, body, options, (error: unknown) => {
            clearTimeout(limit);
            if (error === null || error === undefined) resolve();
            else fail(error instanceof Error ? error.message : 'it refused');
          });
        } catch (error) {
          clearTimeout(limit);
          fail(error instanceof Error ? error.message : 'the channel is closed');
        }
      }),
    subscribe(subscription) {
      subscriptions.push(subscription);
      refresh();
    },
    refresh,
    stop: () => void connection.then((recovering) => recovering.close()).catch(() => undefined),
  };
}
