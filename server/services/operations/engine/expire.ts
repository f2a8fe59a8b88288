/** What ends or becomes due by itself. */
import { instantWords } from '@/server/domain/instant-words';
import { and, eq, inArray, isNull, lte, notInArray, sql } from 'drizzle-orm';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import { actorInWords } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import { moveOperation, writeEvent } from '../operation-rows';
import { giveChannelBack } from '../take-channel';
import { COLLECTORS } from './store-plan';

const DRAFT_MS = 60_000;
const PLAN_MS = 60 * 60_000;

/** Ends approvals that expired, plans that nobody confirmed, and drafts that no collector could plan. @returns how many ended */
export async function expireOperations(db: Database, now: Date): Promise<number> {
  const { operations: table } = schema;
  const before = (ms: number) => new Date(now.getTime() - ms);
  const due: { where: ReturnType<typeof and>; sentence: string }[] = [
    { where: and(eq(table.state, 'awaiting-approval'), lte(table.approvalExpiresAt, now)), sentence: 'Nobody approved it in time. Make a new plan.' },
    { where: and(eq(table.state, 'approved'), isNull(table.startAt), lte(table.approvalExpiresAt, now)), sentence: 'No collector began it before the approval expired. Look at Settings → Health of Signalbox, then make a new plan.' },
    { where: and(eq(table.state, 'planned'), lte(table.plannedAt, before(PLAN_MS))), sentence: 'Nobody confirmed the plan within an hour.' },
    { where: and(eq(table.state, 'draft'), lte(table.requestedAt, before(DRAFT_MS))), sentence: 'No collector computed the plan within a minute. Look at Settings → Health of Signalbox, then ask again.' },
  ];
  let ended = 0;
  for (const { where, sentence } of due) {
    for (const { id } of await db.select({ id: table.id }).from(table).where(where).limit(100)) {
      await db.transaction(async (tx) => {
        const moved = await moveOperation(tx, id, 'failed', { now, by: 'system:collectors', sentence, condition: where ?? sql`true`, change: { finishedAt: now } });
        if (!moved) return;
        ended++;
        await giveChannelBack(tx, id);
        await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action: 'operation.expire', subject: `operation:${id}`, flowId: moved.flowId, planHash: moved.planHash, after: { sentence } });
      });
    }
  }
  return ended;
}

/** Writes once that the review of a hold is due, and lets a reroute show that it has expired. It is never ended in silence. */
export async function remindOfReviews(db: Database, now: Date): Promise<void> {
  const { holds, operationEvents } = schema;
  const overdue = await db.select().from(holds).where(and(lte(holds.reviewBy, now), notInArray(holds.state, [...HOLD_OVER])));
  if (overdue.length === 0) return;
  const told = new Set((await db.select({ holdId: operationEvents.holdId, at: operationEvents.at }).from(operationEvents)
    .where(and(eq(operationEvents.kind, 'review-due'), inArray(operationEvents.holdId, overdue.map(({ id }) => id))))).flatMap(({ holdId, at }) => (holdId === null ? [] : [`${holdId} ${at.getTime()}`])));
  for (const hold of overdue) {
    // Told again when the review was moved and has come again.
    if (told.has(`${hold.id} ${hold.reviewBy.getTime()}`)) continue;
    const sentence = hold.kind === 'reroute'
      ? `The reroute has expired at ${instantWords(hold.reviewBy)}; ${actorInWords(hold.owner)} answers for it. It ends by itself only when a probe of the primary passes.`
      : `The hold should have been reviewed by ${instantWords(hold.reviewBy)}; ${actorInWords(hold.owner)} answers for it. It stays in place until somebody ends or extends it.`;
    await db.transaction(async (tx) => {
      if (hold.kind === 'reroute' && hold.state === 'active') await tx.update(holds).set({ state: 'expiring' }).where(and(eq(holds.id, hold.id), eq(holds.state, 'active')));
      await writeEvent(tx, { operationId: hold.openedBy, holdId: hold.id, at: hold.reviewBy, by: 'system:collectors', kind: 'review-due', sentence });
      await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action: 'hold.review-due', subject: `hold:${hold.id}`, flowId: hold.flowId, after: { sentence } });
    });
  }
}
