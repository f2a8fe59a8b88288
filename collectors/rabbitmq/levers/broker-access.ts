/** The broker as a lever reaches it: with the credentials for levers, for as long as one call of it lasts. */
import type { Channel, ChannelModel } from 'amqplib';
import type { LeverContext } from '@/collectors/runtime/operations/levers';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import { ManagementClient } from '../management/management-client';
import { ManagementWriter } from '../management/management-writer';
import { closeConnection, openConnection } from '../messages/open-connection';
import { keepExactProperties } from './amqp/exact-messages';
import { codeOf, leverProblem } from './lever-problem';

const TIMEOUT_MS = 10_000;

export interface BrokerAccess {
  source: ConnectedSource<'rabbitmq'>;
  vhost: string;
  signal: AbortSignal;
  read: ManagementClient;
  write: ManagementWriter;
  /** Opened at the first call, closed with the access. */
  amqp(): Promise<LeverConnection>;
}

/**
 * @param vhost whose queues it is about
 * @throws SourceAway while the broker cannot be reached; Error with a sentence for people otherwise
 */
export async function withBroker<T>(source: ConnectedSource<'rabbitmq'>, vhost: string, { signal }: Pick<LeverContext, 'signal'>, act: (broker: BrokerAccess) => Promise<T>, timeoutMs = TIMEOUT_MS): Promise<T> {
  // Looking is allowed to whoever observes; changing never is.
  const options = { settings: source.settings, credentials: source.levers ?? source.observe, timeoutMs };
  const read = new ManagementClient(options);
  const write = new ManagementWriter({ ...options, credentials: source.levers });
  let opening: Promise<LeverConnection> | null = null;
  let connection: LeverConnection | null = null;
  const amqp = () => {
    opening ??= LeverConnection.open(source, vhost).then((opened) => {
      connection = opened;
      return opened;
    });
    return opening;
  };
  try {
    return await act({ source, vhost, signal, read, write, amqp });
  } catch (error) {
    throw leverProblem(error, connection);
  } finally {
    read.close();
    write.close();
    await (opening as Promise<LeverConnection> | null)?.then((opened) => opened.close(), () => undefined);
  }
}

/** One connection on which messages are moved exactly as they are. */
export class LeverConnection {
  isLost = false;
  /** With a refusal of the broker's, where that is why it was lost. */
  error: unknown = null;

  private constructor(private readonly model: ChannelModel) {
    model.on('error', (error) => { this.#lost(error); });
    model.on('close', (error) => { this.#lost(error ?? null); });
  }

  /** @throws TapProblem in words */
  static async open(source: ConnectedSource<'rabbitmq'>, vhost: string): Promise<LeverConnection> {
    // Without observing, who has credentials for levers alone may look with them.
    const model = await openConnection(source, vhost, 'levers');
    keepExactProperties(model);
    return new LeverConnection(model);
  }

  async channel(): Promise<Channel> {
    const channel = await this.model.createChannel();
    // What is asked of it rejects with the same.
    channel.on('error', () => undefined);
    return channel;
  }

  /** Publishes on it are confirmed. */
  async confirmChannel(): ReturnType<ChannelModel['createConfirmChannel']> {
    const channel = await this.model.createConfirmChannel();
    channel.on('error', () => undefined);
    return channel;
  }

  /** One act on a channel of its own, because a refusal closes the channel. */
  async once<T>(act: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.channel();
    const result = await act(channel);
    await channel.close().catch(() => undefined);
    return result;
  }

  /** What the queue says of itself now: ready messages and consumers; null when there is no such queue. */
  async look(queue: string): Promise<{ ready: number; consumers: number } | null> {
    try {
      const { messageCount, consumerCount } = await this.once((channel) => channel.checkQueue(queue));
      return { ready: messageCount, consumers: consumerCount };
    } catch (error) {
      if (codeOf(error) === 404) return null;
      throw error;
    }
  }

  close(): Promise<void> {
    return closeConnection(this.model);
  }

  #lost(error: unknown): void {
    this.isLost = true;
    this.error ??= error;
  }
}
