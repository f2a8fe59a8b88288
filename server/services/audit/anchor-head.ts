/** The collectors' side of anchors: what the head of the chain is, whether a sink should get it now, and what came of it. */
import { sql } from 'drizzle-orm';
import type { AnchorLine } from '@/server/domain/audit/anchor-line';
import { uuidv7 } from '@/server/domain/ids';
import { schema, type Database } from '@/server/store/postgres';
import type { Lease } from '../leases/hold-lease';
import { underLease } from '../leases/hold-lease';
import type { SinkState } from './sink-states';

/** A sink that goes on failing for the same reason is noted again after this long. */
const FAILURE_GRAIN_MS = 3_600_000;

export interface ChainHead extends Omit<AnchorLine, 'at'> {
  /** The newest event about an operation; `0` when there is none. */
  lastOperation: string;
}

/** @returns null while nothing has been recorded */
export async function readChainHead(db: Pick<Database, 'execute'>): Promise<ChainHead | null> {
  const { rows } = await db.execute<{ chain: string; seq: string; hash: string; lastOperation: string }>(sql`
    select
      (select hash from audit_events order by seq limit 1) as chain, head.seq::text as seq, head.hash as hash,
      coalesce((select seq from audit_events where action like 'operation.%' and seq > head.seq - 10000 order by seq desc limit 1), 0)::text as "lastOperation"
    from (select seq, hash from audit_events order by seq desc limit 1) as head`);
  return rows[0] ?? null;
}

/** Whether the head is due: it has moved, and the interval is over or something about an operation is not anchored yet. */
export function isDue(head: ChainHead, state: Pick<SinkState, 'written'> | undefined, { now, everyMs }: { now: Date; everyMs: number }): boolean {
  const written = state?.written;
  if (!written) return true;
  if (written.seq === BigInt(head.seq)) return false;
  return BigInt(head.lastOperation) > written.seq || now.getTime() - written.at.getTime() >= everyMs;
}

/** Notes that a sink has the head, or why it has not; the same failure once an hour. */
export async function noteAnchor(
  db: Database, lease: Lease, anchor: { sink: string; head: ChainHead; now: Date; error: string | null }, state: SinkState | undefined,
): Promise<void> {
  const { sink, head, now, error } = anchor;
  const known = state?.failed;
  if (error !== null && known?.error === error && now.getTime() - known.at.getTime() < FAILURE_GRAIN_MS) return;
  await underLease(db, lease, async (tx) => {
    await tx.insert(schema.auditAnchors).values({ id: uuidv7(now.getTime()), seq: BigInt(head.seq), hash: head.hash, sink, at: now, error });
  });
}
