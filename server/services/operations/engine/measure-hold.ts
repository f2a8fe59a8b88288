import { and, eq, gt, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { holdMayBecome, type HoldState } from '@/server/domain/operations/hold-states';
import { DISAPPEARED, disappeared, lossLevel, lossSentence, lostBetween, withLossAct } from '@/server/domain/operations/parked-loss';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import type { Transaction } from '../../contracts/console-state';
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
    const loss = await lossOf(tx, row, measured);
    const isNewLoss = lossLevel(loss) > lossLevel(disappeared(row.figures as Measured['figures']));
    const news = [...measured.outsideActs.filter((act) => !known.has(act)), ...(isNewLoss ? [lossSentence(loss)] : [])];
    const acts = [...new Set([...known, ...measured.outsideActs])];
    await tx.update(holds).set({
      state: to, observation: loss === 0n ? measured.observation : `${measured.observation} ${lossSentence(loss)}`,
      ...(measured.state === null ? {} : { figures: loss === 0n ? measured.figures : { ...measured.figures, [DISAPPEARED]: String(loss) }, verifiedAt: now }),
      ...(news.length > 0 || loss > 0n ? { outsideActs: (loss > 0n ? withLossAct(acts, loss) : acts).slice(-20) } : {}),
      ...((to === 'held' || to === 'active') && row.heldAt === null ? { heldAt: now } : {}),
    }).where(eq(holds.id, row.id));
    if (to !== row.state) await writeEvent(tx, { operationId: row.openedBy, holdId: row.id, at: now, by: 'system:collectors', kind: to, sentence: measured.observation });
    for (const act of news) await writeEvent(tx, { operationId: row.openedBy, holdId: row.id, at: now, by: 'outside', kind: 'outside-act', sentence: act });
    if (to !== row.state || news.length > 0) {
      await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action: news.length > 0 ? 'hold.outside-act' : 'hold.state', subject: `hold:${row.id}`, flowId: row.flowId, before: { state: row.state }, after: { state: to, observation: measured.observation, outsideActs: news } });
    }
  });
}

/** A look may have been under way when an operation of ours ended, so what it counted is from before that. */
const LOOKS_TAKE_MS = 10_000;

/** How many parked messages are gone since the hold began, this look included; what our own operations move is not lost. */
async function lossOf(tx: Transaction, row: HoldRow, measured: Measured): Promise<bigint> {
  const figures = row.figures as Measured['figures'];
  const before = disappeared(figures);
  if (measured.state === null || row.verifiedAt === null) return before;
  const lost = lostBetween(figures, measured.figures);
  if (lost === 0n) return before;
  const { operations, operationSteps: steps } = schema;
  const releases = and(inArray(operations.kind, ['canary', 'release']), or(eq(operations.holdId, row.id), inArray(operations.id, tx.select({ id: steps.operationId }).from(steps).where(eq(steps.holdId, row.id)))));
  // One that lies over the hold leads a part of it on.
  const leads = and(eq(operations.kind, 'reroute'), eq(operations.channelId, row.channelId));
  // The operation that made the hold may be taking it back.
  const ours = await tx.select({ id: operations.id }).from(operations).where(and(
    or(releases, leads, eq(operations.id, row.openedBy)), isNotNull(operations.startedAt),
    or(isNull(operations.finishedAt), gt(operations.finishedAt, new Date(row.verifiedAt.getTime() - LOOKS_TAKE_MS))),
  )).limit(1);
  return ours.length > 0 ? before : before + lost;
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
