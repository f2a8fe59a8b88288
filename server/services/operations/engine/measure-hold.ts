import { and, eq, sql } from 'drizzle-orm';
import { holdMayBecome, type HoldState } from '@/server/domain/operations/hold-states';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import { writeEvent, type HoldRow } from '../operation-rows';
import { COLLECTORS } from './store-plan';

export interface Measured {
  /** Null: nobody could look; the state stays, and its last verification grows old. */
  state: HoldState | null;
  observation: string;
  figures: Record<string, string>;
  outsideActs: string[];
}

/**
 * Writes what a look at a hold found. A change of state, and every outside act that was not known before, is an event and is
 * audited. Does nothing when the hold was changed meanwhile, e.g. by a release.
 */
export async function measureHold(db: Database, seen: Pick<HoldRow, 'id' | 'state'>, measured: Measured, now: Date): Promise<void> {
  const { holds } = schema;
  await db.transaction(async (tx) => {
    const [row] = await tx.select().from(holds).where(and(eq(holds.id, seen.id), eq(holds.state, seen.state))).for('no key update');
    if (!row) return;
    const to = measured.state !== null && measured.state !== row.state && holdMayBecome(row.state as HoldState, measured.state) ? measured.state : (row.state as HoldState);
    const known = new Set(row.outsideActs as string[]);
    const news = measured.outsideActs.filter((act) => !known.has(act));
    await tx.update(holds).set({
      state: to, observation: measured.observation,
      ...(measured.state === null ? {} : { figures: measured.figures, verifiedAt: now }),
      ...(news.length > 0 ? { outsideActs: [...known, ...news].slice(-20) } : {}),
      ...(to === 'held' && row.heldAt === null ? { heldAt: now } : {}),
    }).where(eq(holds.id, row.id));
    if (to !== row.state) await writeEvent(tx, { operationId: row.openedBy, holdId: row.id, at: now, by: 'system:collectors', kind: to, sentence: measured.observation });
    for (const act of news) await writeEvent(tx, { operationId: row.openedBy, holdId: row.id, at: now, by: 'outside', kind: 'outside-act', sentence: act });
    if (to !== row.state || news.length > 0) {
      await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action: news.length > 0 ? 'hold.outside-act' : 'hold.state', subject: `hold:${row.id}`, flowId: row.flowId, before: { state: row.state }, after: { state: to, observation: measured.observation, outsideActs: news } });
    }
  });
}

/** Counts that a dropped hold was put back. */
export async function countReassertion(db: Database, hold: HoldRow, sentence: string, now: Date): Promise<void> {
  const { holds } = schema;
  await db.transaction(async (tx) => {
    await tx.update(holds).set({ reasserted: sql`${holds.reasserted} + 1`, observation: sentence }).where(eq(holds.id, hold.id));
    await writeEvent(tx, { operationId: hold.openedBy, holdId: hold.id, at: now, by: 'system:collectors', kind: 'reasserted', sentence });
    await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action: 'hold.reassert', subject: `hold:${hold.id}`, flowId: hold.flowId, after: { sentence } });
  });
}
