/** How long it takes from asking for a pause until it is measured that nothing passes any more. */
import { startApplication } from './load/application';
import type { BenchRoom } from './room';

export type PauseMethod = 'park' | 'stop-consumers';

export interface Pause {
  method: PauseMethod;
  /** From the request until the plan is agreed to, and until the hold is verified. */
  confirmedMs: number;
  heldMs: number;
}

/** Pauses a queue with a consumer and some traffic, so many times by each method, and releases it each time. */
export async function measurePauses(room: BenchRoom, times: number, onPause: (pause: Pause) => void): Promise<Pause[]> {
  const application = await startApplication(room);
  const pauses: Pause[] = [];
  try {
    for (const method of ['stop-consumers', 'park'] as const) {
      for (let time = 1; time <= times; time++) {
        await application.connect();
        const pause = await pauseOnce(room, method);
        pauses.push(pause);
        onPause(pause);
      }
    }
    return pauses;
  } finally {
    await application.stop();
  }
}

async function pauseOnce(room: BenchRoom, method: PauseMethod): Promise<Pause> {
  const askedAt = performance.now();
  const { holdId } = await room.begin({ kind: 'pause', method, reviewBy: new Date(Date.now() + 3_600_000).toISOString() });
  const confirmedMs = performance.now() - askedAt;
  await room.holdUntil(holdId!, ({ state }) => state === 'held');
  const heldMs = performance.now() - askedAt;
  const release = await room.ended((await room.begin({ kind: 'release', holdId: holdId! })).id);
  if (release.state !== 'done') throw new Error(`The release ended as ${release.state}: ${release.summary}`);
  return { method, confirmedMs, heldMs };
}
