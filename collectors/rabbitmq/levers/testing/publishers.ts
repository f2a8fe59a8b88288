/** Publishers and consumers that go on while levers are pulled, and count what they sent and got. */
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { connectAmqp } from '@/scripts/testing/amqp';

const IN_FLIGHT = 5;

/** Publishes with confirms, a few at a time, one after the other, until it is stopped. */
export class Publisher {
  sent = 0;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  #connection: ChannelModel | null = null;

  constructor(url: string, name: string, exchange: string, routingKey: string) {
    this.#running = this.#run(url, name, exchange, routingKey);
    // Said by `stop`, and not before: a test that fails otherwise ends the broker first.
    this.#running.catch(() => undefined);
  }

  async #run(url: string, name: string, exchange: string, routingKey: string): Promise<void> {
    this.#connection = await connectAmqp(url);
    this.#connection.on('error', () => undefined);
    const channel = await this.#connection.createConfirmChannel();
    while (!this.#end.signal.aborted) {
      // Every so often it waits for all that it sent.
      for (let inFlight = 0; inFlight < IN_FLIGHT; inFlight++) {
        channel.publish(exchange, routingKey, Buffer.from(`${name} ${this.sent}`), { persistent: true, messageId: `${name}-${this.sent}` });
        this.sent++;
      }
      await channel.waitForConfirms();
    }
    await this.#connection.close();
  }

  async stop(): Promise<number> {
    this.#end.abort();
    await this.#running;
    return this.sent;
  }
}

/** Takes what comes, and acknowledges it. */
export class Consumer {
  readonly ids: string[] = [];
  /** Those that the broker had handed out before. */
  readonly redelivered: string[] = [];
  readonly messages: ConsumeMessage[] = [];
  readonly #connection: ChannelModel;

  private constructor(connection: ChannelModel) {
    this.#connection = connection;
  }

  /** @param keeps false: only ids are kept */
  static async begin(url: string, queue: string, { keeps = false, prefetch = 50 }: { keeps?: boolean; prefetch?: number } = {}): Promise<Consumer> {
    const connection = await connectAmqp(url);
    connection.on('error', () => undefined);
    const consumer = new Consumer(connection);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await channel.prefetch(prefetch);
    await channel.consume(queue, (message) => {
      if (!message) return;
      consumer.ids.push(String(message.properties.messageId));
      if (message.fields.redelivered) consumer.redelivered.push(String(message.properties.messageId));
      if (keeps) consumer.messages.push(message);
      channel.ack(message);
    });
    return consumer;
  }

  async stop(): Promise<void> {
    await this.#connection.close().catch(() => undefined);
  }
}

/** Ids that came more than once. */
export function doubled(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}
