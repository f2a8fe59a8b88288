/** Takes copies from one of our own queues, as its only consumer. */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { setTimeout as pause } from 'node:timers/promises';
import type { FailedMessage, TapMessage } from '@/server/domain/taps/facts';
import { isInExclusiveUse } from './amqp-problem';
import { CopyBatches } from './copy-batches';
import { closeChannel } from './open-connection';

/** More than a batch, so that the next one arrives while one is stored. */
export const PREFETCH = 5_000;
const ASK_AGAIN_MS = 1_000;

export interface CopyConsumerOptions {
  queue: string;
  signal: AbortSignal;
  isHeld: () => boolean;
  read: (message: ConsumeMessage) => readonly (TapMessage | FailedMessage)[];
  store: (facts: readonly (TapMessage | FailedMessage)[]) => Promise<void>;
}

/** `waiting`: another consumer has the queue, asked again each second. */
export type ConsumerState = 'starting' | 'waiting' | 'consuming' | 'ended';

export class CopyConsumer {
  state: ConsumerState = 'starting';
  /** Resolves when the queue, the channel or the connection is gone, or the tap ended; with what went wrong, if anything did. */
  readonly ended: Promise<unknown>;
  readonly #model: ChannelModel;
  readonly #options: CopyConsumerOptions;

  constructor(model: ChannelModel, options: CopyConsumerOptions) {
    this.#model = model;
    this.#options = options;
    this.ended = this.#run().then(() => null, (error: unknown) => error).finally(() => {
      this.state = 'ended';
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const channel = await this.#model.createChannel();
      try {
        await this.#consume(channel);
        return;
      } catch (error) {
        if (!isInExclusiveUse(error)) throw error;
        this.state = 'waiting';
        await pause(ASK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Resolves when the queue was deleted or the tap ended; @throws when it could not begin, or did not end well */
  async #consume(channel: Channel): Promise<void> {
    const { signal, isHeld, read, store } = this.#options;
    let onAbort = () => undefined as void;
    const end = new Promise<void>((resolve, reject) => {
      channel.on('error', reject);
      channel.on('close', resolve);
      onAbort = resolve;
      signal.addEventListener('abort', onAbort, { once: true });
      const batches = new CopyBatches({
        store, isHeld, failed: reject,
        acknowledge: (deliveryTag) => channel.ack({ fields: { deliveryTag } } as ConsumeMessage, true),
      });
      const onCopy = (message: ConsumeMessage | null) => {
        // Null: the queue was deleted. What it had handed out is stored all the same.
        if (message === null) void batches.settle().then(resolve);
        else batches.add(message.fields.deliveryTag, read(message));
      };
      this.#begin(channel, onCopy).catch(reject);
    });
    try {
      await end;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await closeChannel(channel);
    }
  }

  async #begin(channel: Channel, onCopy: (message: ConsumeMessage | null) => void): Promise<void> {
    await channel.prefetch(PREFETCH);
    if (!this.#options.isHeld()) throw new Error('The lease of this tap has ended.');
    await channel.consume(this.#options.queue, onCopy, { exclusive: true });
    this.state = 'consuming';
  }
}
