/** One of our taps while it lives: its queue, its consumer, and what went wrong. */
import type { ConsumeMessage } from 'amqplib';
import type { FailedMessage, TapMessage } from '@/server/domain/taps/facts';
import type { CopyConsumer } from './copy-consumer';
import { CopyKeys, storedDigest, type CopyIdentity } from './copy-keys';
import { DroppedCopies } from './dropped-copies';
import type { PublishRanks } from './publish-ranks';
import { readMessages, unreadMessage, type CopyReader } from './read-copy';
import { readDeadLetter } from './read-dead-letter';
import type { PlannedTap } from './tap-plan';
import type { OpenConnection } from './vhost-connection';

export class TapState {
  tap: PlannedTap;
  reader: CopyReader;
  readonly #copyKeys = new CopyKeys();
  consumer: CopyConsumer | null = null;
  /** Where the queue was declared last: each connection declares it once. */
  declaredOn: OpenConnection | null = null;
  /** What the last look could not do, in words; empty when all was done. */
  problem = '';
  consumerProblem = '';
  /** Keys for which no business queue is bound: we are not bound either. */
  unroutable: readonly string[] = [];
  boundKeys = 0;
  isShed = false;
  dropped = new DroppedCopies(false);
  /** In the time of this process, over all lives of the queue. */
  droppedTotal = 0n;
  /** Copies that came again, since the queue is known. */
  redelivered = 0n;
  wasDeclared = false;

  constructor(tap: PlannedTap, reader: Omit<CopyReader, 'tap'>) {
    this.tap = tap;
    this.reader = { ...reader, tap };
  }

  /** Contracts or wiring may have changed since the last look. */
  want(tap: PlannedTap, reader: Omit<CopyReader, 'tap'>): void {
    this.tap = tap;
    this.reader = { ...reader, tap };
  }

  /** Copies are about to be taken: what was not acknowledged comes again. */
  beginAgain(): void {
    this.#copyKeys.beginAgain();
  }

  /** Never throws: what cannot be read is counted and kept as far as it can be. */
  read(message: ConsumeMessage, ranks: PublishRanks, seenAt: number): (TapMessage | FailedMessage)[] {
    if (message.fields.redelivered) this.redelivered++;
    const copy = this.#copyKeys.identify(message);
    const facts = this.#facts(message, copy, seenAt);
    if (copy.isNew) for (const { channelId } of facts) ranks.published(channelId, seenAt);
    return facts;
  }

  #facts(message: ConsumeMessage, { key: digest, isNew }: CopyIdentity, seenAt: number): (TapMessage | FailedMessage)[] {
    const key = storedDigest(this.reader.mapper, digest);
    // What was read before was counted then.
    const reader = isNew ? this.reader : { ...this.reader, undecodable: () => undefined };
    try {
      return this.tap.purpose === 'messages' ? readMessages(reader, message, key, seenAt) : [readDeadLetter(reader, message, seenAt)];
    } catch {
      reader.undecodable(`${message.fields.exchange}/message`);
      return [unreadMessage(reader, message, key, seenAt)];
    }
  }

  /** Channels whose publishes pass here. */
  channelIds(): string[] {
    return this.tap.routes.map(({ channelId }) => channelId);
  }

  isConsuming(): boolean {
    return this.consumer !== null && this.consumer.state !== 'ended';
  }
}
