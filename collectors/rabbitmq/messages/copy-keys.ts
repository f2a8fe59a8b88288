/** Keys of copies: equal for a copy that is delivered again, different for two messages that look alike. */
import type { Message } from 'amqplib';
import { createHash } from 'node:crypto';
import type { TapMapper } from '@/server/domain/mapping/tap-mapper';

/** Digests that are remembered, in two generations. */
const REMEMBERED = 50_000;
/** 96 bits: enough that two messages never share a key. */
const STORED_HEX_DIGITS = 24;

/**
 * The broker gives a message no identity of its own, so a key is a digest of everything that was published, and the count of
 * that digest among those delivered for the first time, or again: a successor counts again in the same order.
 */
export class CopyKeys {
  readonly #fresh = new Counts();
  #again = new Counts();

  /** What was not acknowledged is about to come again, from its beginning. */
  beginAgain(): void {
    this.#again = new Counts();
  }

  identify(message: Message): CopyIdentity {
    const digest = digestOf(message);
    const isAgain = message.fields.redelivered;
    const count = (isAgain ? this.#again : this.#fresh).next(digest);
    // What the broker handed out before need not have been read: the connection may have broken on its way.
    const isNew = !isAgain || this.#fresh.of(digest) < count;
    if (isAgain && isNew) this.#fresh.next(digest);
    return { key: count === 1 ? digest : `${digest}.${count}`, isNew };
  }
}

export interface CopyIdentity {
  key: string;
  /** Not read before by this process. */
  isNew: boolean;
}

class Counts {
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  of(digest: string): number {
    return this.#young.get(digest) ?? this.#old.get(digest) ?? 0;
  }

  next(digest: string): number {
    const count = this.of(digest) + 1;
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(digest, count);
    return count;
  }
}

/** Of everything that was published: the key of the first copy of a message that looks like this. */
export function digestOf({ fields, properties, content }: Message): string {
  return createHash('sha256').update(propertiesText([fields.exchange, fields.routingKey, properties])).update('\0').update(content).digest('base64url').slice(0, 27);
}

/** Headers may be nested deeper than they can be written. */
function propertiesText(properties: readonly [string, string, Message['properties']]): string {
  try {
    return JSON.stringify(properties);
  } catch {
    return JSON.stringify([properties[0], properties[1], { ...properties[2], headers: undefined }]);
  }
}

/** A digest as it may be stored: keyed, because a message of which few are possible could be guessed from a plain one. */
export function storedDigest(mapper: Pick<TapMapper, 'tokenOf'>, digest: string): string {
  const { token } = mapper.tokenOf(digest);
  return token.slice(0, token.indexOf(':') + 1 + STORED_HEX_DIGITS);
}

/** Identity of a message by its content alone, for messages without an id: stays the same however often it dies. */
export function contentKey(exchange: string, routingKey: string, content: Buffer): string {
  return createHash('sha256').update(JSON.stringify([exchange, routingKey])).update('\0').update(content).digest('base64url').slice(0, 27);
}
