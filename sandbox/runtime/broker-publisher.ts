import type { ConfirmChannel, Options } from 'amqplib';
import { keepConnected } from './broker-connection';
import { Failure } from './failure';

/** A broker that is short of memory or disk takes messages and confirms none. */
const CONFIRM_LIMIT_MS = 30_000;

export interface Publisher {
  /** Resolves when it can publish for the first time. */
  connected: Promise<void>;
  /** Resolves when the broker has confirmed the message. @throws Failure BROKER_UNREACHABLE */
  publish(exchange: string, routingKey: string, body: Buffer, options: Options.Publish): Promise<void>;
  stop(): void;
}

/** Publishes over a connection of its own: one that also consumed could not even acknowledge while the broker blocks senders. */
export function startPublisher(url: string, name: string): Publisher {
  let channel: ConfirmChannel | undefined;
  let noteConnected: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => (noteConnected = resolve));
  const connection = keepConnected(url, `${name} publishing`, {
    async setUp(established) {
      channel = await established.open((model) => model.createConfirmChannel());
      noteConnected();
    },
    tearDown: () => void (channel = undefined),
  });
  return {
    connected,
    publish: (exchange, routingKey, body, options) =>
      new Promise((resolve, reject) => {
        const fail = (reason: string) => reject(new Failure('BROKER_UNREACHABLE', `The broker did not take a message for ${exchange}: ${reason}`, 503));
        if (channel === undefined) return fail('there is no connection');
        const limit = setTimeout(() => fail(`no confirmation within ${CONFIRM_LIMIT_MS / 1_000} s`), CONFIRM_LIMIT_MS);
        try {
          channel.publish(exchange, routingKey, body, options, (error: unknown) => {
            clearTimeout(limit);
            if (error === null || error === undefined) resolve();
            else fail(error instanceof Error ? error.message : 'it refused');
          });
        } catch (error) {
          clearTimeout(limit);
          fail(error instanceof Error ? error.message : 'the channel is closed');
        }
      }),
    stop: () => connection.stop(),
  };
}
