/** What becomes of a reroute when its time is over: the restore that the product asks for itself, or the sentence why it stays. */
import { createHash } from 'node:crypto';
import { and, eq, gt, inArray, lte, or, sql } from 'drizzle-orm';
import { HOLD_OVER, type HoldState } from '@/server/domain/operations/hold-states';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import { raiseHoldNotice } from '../../notices/raise-notice';
import { writeEvent, type HoldRow, type OperationRow } from '../operation-rows';
import { flowNames } from '../view-of-operation';

/** Who asks for a restore at expiry; it uses the same verbs as a person, and stands in the audit trail by this name. */
export const REROUTE_END = { kind: 'system', name: 'reroute-end' } as const;
const LABEL = actorLabel(REROUTE_END);

/** States in which a reroute is in place and can be ended. */
const IN_PLACE: readonly HoldState[] = ['active', 'expiring', 'leaking'];

/** Expired reroutes about whose end nothing is decided yet. */
export async function expiredReroutes(db: Database, now: Date): Promise<HoldRow[]> {
  const { holds } = schema;
  return db.select().from(holds).where(and(eq(holds.kind, 'reroute'), inArray(holds.state, [...IN_PLACE]), lte(holds.reviewBy, now), isUndecided()));
}

/** Id of the one restore that an expiry may ask for: made of what expires, so that whoever asks again asks for the same. */
export function restoreIdOf(hold: Pick<HoldRow, 'id' | 'reviewBy'>): string {
  const hex = createHash('sha256').update(`restore ${hold.id} ${hold.reviewBy.getTime()}`).digest('hex');
  // A UUID of version 8: its bits are ours to choose.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Whether a restore was asked for by the product itself, and the reroute has expired: then nobody need agree once more. */
export function isOwnRestore(row: Pick<OperationRow, 'kind' | 'requestedBy'>, hold: Pick<HoldRow, 'kind' | 'reviewBy'>, now: Date): boolean {
  return row.kind === 'restore' && row.requestedBy === LABEL && hold.kind === 'reroute' && hold.reviewBy <= now;
}

/** Restores of ours that have not begun and have lost their reason: somebody restored by hand, or moved the end. */
export async function pointlessRestores(db: Database, now: Date): Promise<Pick<OperationRow, 'id'>[]> {
  const { holds, operations } = schema;
  return db.select({ id: operations.id }).from(operations).innerJoin(holds, eq(holds.id, operations.holdId)).where(and(
    eq(operations.requestedBy, LABEL), inArray(operations.state, ['draft', 'planned']), or(inArray(holds.state, [...HOLD_OVER]), gt(holds.reviewBy, now)),
  ));
}

/**
 * The reroute stays as it is, and says why; its owner is called. Written once per expiry.
 *
 * @returns false when it was decided, moved or ended meanwhile: nothing was written
 */
export async function leaveInPlace(db: Database, hold: HoldRow, sentence: string, now: Date): Promise<boolean> {
  const { holds } = schema;
  const nameOf = await flowNames(db);
  return db.transaction(async (tx) => {
    const [row] = await tx.update(holds)
      .set({ expiry: { at: now.toISOString(), sentence }, state: sql`CASE WHEN ${holds.state} = 'active' THEN 'expiring' ELSE ${holds.state} END` })
      .where(and(eq(holds.id, hold.id), eq(holds.reviewBy, hold.reviewBy), inArray(holds.state, [...IN_PLACE]), isUndecided())).returning();
    if (!row) return false;
    const told = `The reroute has expired and stays in place. ${sentence}`;
    await writeEvent(tx, { operationId: hold.openedBy, holdId: hold.id, at: now, by: LABEL, kind: 'expired', sentence: told });
    await recordAudit(tx, { actor: REROUTE_END, now: () => now }, { action: 'hold.expired', subject: `hold:${hold.id}`, flowId: hold.flowId, after: { state: row.state, owner: row.owner, sentence } });
    await raiseHoldNotice(tx, row, { reason: 'reroute-not-restored', occasion: hold.reviewBy.toISOString(), flowName: nameOf(hold.flowId), sentence: `${told} Restore it, or move its end.` }, now);
    return true;
  });
}

function isUndecided() {
  return sql`${schema.holds.expiry} = '{}'::jsonb`;
}
