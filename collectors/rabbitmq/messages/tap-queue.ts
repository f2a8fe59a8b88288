/** Our own queues: how they are named and bounded, and how to tell them from the queues of the business. */
import { createHash } from 'node:crypto';

const PREFIX = 'signalbox.tap.';

/** `messages`: copies of what is published. `dead-letters`: copies of what was given up on. */
export type TapPurpose = 'messages' | 'dead-letters';

export interface TapQueueLimits {
  /** Copies that wait for us at most; older ones are dropped by the broker and counted by us. */
  maxLength: number;
  maxLengthBytes: number;
  /** A copy that waited longer is dropped. */
  messageTtlMs: number;
  /** Without a consumer for so long, the queue and its bindings vanish: nothing stays behind when Signalbox is gone. */
  expiresMs: number;
}

export const TAP_QUEUE_LIMITS: TapQueueLimits = { maxLength: 100_000, maxLengthBytes: 64 * 1024 * 1024, messageTtlMs: 600_000, expiresMs: 600_000 };

/** Whose tap queues they are: two installations may call one broker by the same source id. */
export interface TapQueueOwner {
  installation: string;
  sourceId: string;
}

/** The same for every process that taps this source, so that a successor goes on where the holder stopped. */
export function tapQueueName(owner: TapQueueOwner, purpose: TapPurpose, vhost: string, exchange: string): string {
  const hash = createHash('sha256').update(JSON.stringify([purpose, vhost, exchange])).digest('hex').slice(0, 12);
  return `${tapQueuePrefix(owner)}${hash}`;
}

/** How the names of all tap queues of a source begin. */
export function tapQueuePrefix({ installation, sourceId }: TapQueueOwner): string {
  return `${PREFIX}${installation}.${sourceId}.`;
}

/** Whether a queue belongs to a tap, of this or another installation. */
export function isTapQueue(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * Options of `queue.declare`. Not durable: a durable queue would write every persistent copy to disk, and publishers would
 * wait for that with their confirms. Classic, whatever the virtual host's default: streams lose array and table headers.
 */
export function tapQueueOptions(limits: TapQueueLimits): { durable: boolean; arguments: Record<string, unknown> } {
  return {
    durable: false,
    arguments: {
      'x-queue-type': 'classic',
      'x-max-length': limits.maxLength,
      'x-max-length-bytes': limits.maxLengthBytes,
      'x-message-ttl': limits.messageTtlMs,
      'x-overflow': 'drop-head',
      'x-expires': limits.expiresMs,
    },
  };
}
