/** One of our taps while it lives: its queue, its consumer, and what went wrong. */
import type { ConsumeMessage } from 'amqplib';
import type { FailedMessage, TapMessage } from '@/server/domain/taps/facts';
import type { CopyConsumer } from './copy-consumer';
import { CopyKeys } from './copy-keys';
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

  constructor(tap: PlannedTap, reader: Omit<CopyReader, 'tap' | 'copyKeys'>) {
    this.tap = tap;
    this.reader = { ...reader, tap, copyKeys: this.#copyKeys };
  }

  /** Contracts or wiring may have changed since the last look. */
  want(tap: PlannedTap, reader: Omit<CopyReader, 'tap' | 'copyKeys'>): void {
    this.tap = tap;
    this.reader = { ...reader, tap, copyKeys: this.#copyKeys };
  }

  /** Copies are about to be taken: what was not acknowledged comes again. */
  beginAgain(): void {
    this.#copyKeys.beginAgain();
  }

  /** Never throws: what cannot be read is counted and kept as far as it can be. */
  read(message: ConsumeMessage, ranks: PublishRanks, seenAt: number): (TapMessage | FailedMessage)[] {
    const facts = this.#facts(message, seenAt);
    if (message.fields.redelivered) this.redelivered++;
    else for (const { channelId } of facts) ranks.published(channelId, seenAt);
    return facts;
  }

  #facts(message: ConsumeMessage, seenAt: number): (TapMessage | FailedMessage)[] {
    // What comes again was counted when it came first.
    const reader = message.fields.redelivered ? { ...this.reader, undecodable: () => undefined } : this.reader;
    try {
      return this.tap.purpose === 'messages' ? readMessages(reader, message, seenAt) : [readDeadLetter(reader, message, seenAt)];
    } catch {
      reader.undecodable(`${message.fields.exchange}/message`);
      return [unreadMessage(reader, message, seenAt)];
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
