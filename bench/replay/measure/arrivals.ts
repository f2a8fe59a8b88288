/** When messages arrive in a queue, by asking the queue itself. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';

export interface Arrivals {
  /** From the first that was seen to have arrived until the last. */
  perSecond: number;
  /** From the call until the first and until the last. */
  firstSeconds: number;
  lastSeconds: number;
}

/** Often enough for a figure, seldom enough not to be a load; the same for both sides. */
const LOOK_MS = 10;
/** Much longer than any side needs: then it has stopped, and nobody waits for it. */
const STOPPED_AFTER_MS = 120_000;

/** @param count how many arrive in the queue, which is empty at the call and has no consumers @throws Error when fewer ever do, or more */
export async function timeArrivals(channel: ConfirmChannel, queue: string, count: number): Promise<Arrivals> {
  const calledAt = performance.now();
  let first: { at: number; ready: number } | null = null;
  for (;;) {
    const { messageCount: ready } = await channel.checkQueue(queue);
    const at = performance.now();
    if (ready > 0) first ??= { at, ready };
    if (first && ready >= count) {
      if (ready > count) throw new Error(`${ready} messages have arrived in "${queue}", and only ${count} were to be moved.`);
      return { perSecond: ((count - first.ready) * 1000) / (at - first.at), firstSeconds: (first.at - calledAt) / 1000, lastSeconds: (at - calledAt) / 1000 };
    }
    if (at - calledAt > STOPPED_AFTER_MS) throw new Error(`After ${STOPPED_AFTER_MS / 1000} s only ${ready} of ${count} messages have arrived in "${queue}".`);
    await pause(LOOK_MS);
  }
}
