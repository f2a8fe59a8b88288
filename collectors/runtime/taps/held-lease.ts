/** A lease in the hand of this process: kept alive in time, and known to be lost before another process can have it. */
import { databaseNow } from '@/server/services/leases/database-clock';
import { holdLease, releaseLease, type Lease } from '@/server/services/leases/hold-lease';
import type { Database } from '@/server/store/postgres';

export const LEASE_MS = 6_000;
const RENEW_MS = 1_500;
/** We stop believing earlier than others may take over, because acts take time. */
const MARGIN_MS = 1_000;

export interface HeldLease {
  fence: bigint;
  /** Aborted as soon as the lease may be another's. */
  signal: AbortSignal;
  /**
   * By the monotonic clock, which goes on while a process is stopped: one that sleeps through its lease finds out before
   * its first act.
   */
  isHeld(): boolean;
  /** Gives it back, so that another process need not wait. */
  release(): Promise<void>;
}

/** Takes the lease if it is free and keeps it until released or lost. @returns null while another process holds it */
export async function takeLease(db: Database, name: string, owner: string): Promise<HeldLease | null> {
  const hold = async (): Promise<{ lease: Lease; until: number } | null> => {
    const asked = performance.now();
    const lease = await holdLease(db, name, owner, { now: await databaseNow(db), ttlMs: LEASE_MS });
    return lease && { lease, until: asked + LEASE_MS - MARGIN_MS };
  };
  const first = await hold();
  if (!first) return null;
  const { lease } = first;
  let until = first.until;
  const lost = new AbortController();
  const isHeld = () => {
    if (performance.now() >= until) lost.abort();
    return !lost.signal.aborted;
  };

  let renewing = Promise.resolve();
  const renew = async () => {
    if (!isHeld()) return;
    try {
      const next = await hold();
      if (next === null || next.lease.fence !== lease.fence) lost.abort();
      else until = next.until;
    } catch {
      // Postgres is away: the lease ends by itself unless it comes back in time.
      isHeld();
    }
  };
  const timer = setInterval(() => { renewing = renew(); }, RENEW_MS);
  lost.signal.addEventListener('abort', () => clearInterval(timer));

  return {
    fence: lease.fence,
    signal: lost.signal,
    isHeld,
    async release() {
      const wasHeld = isHeld();
      lost.abort();
      await renewing;
      if (wasHeld) await databaseNow(db).then((now) => releaseLease(db, lease, now)).catch(() => undefined);
    },
  };
}
