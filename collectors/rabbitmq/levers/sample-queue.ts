import { setTimeout as pause } from 'node:timers/promises';
import type { LeverConnection } from './broker-access';

const SAMPLES = 3;
const BETWEEN_MS = 500;

/**
 * What a queue says of itself (passive declare), three times half a second apart: evidence that nothing moves, which one look
 * is not and the broker's statistics, up to 7 s old, are not either. Null when there is no such queue (any more).
 */
export async function sampleQueue(connection: LeverConnection, queue: string, signal: AbortSignal): Promise<{ ready: number; consumers: number }[] | null> {
  const samples: { ready: number; consumers: number }[] = [];
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const look = await connection.look(queue);
    if (look === null) return null;
    samples.push(look);
    if (sample < SAMPLES) await pause(BETWEEN_MS, undefined, { signal });
  }
  return samples;
}
