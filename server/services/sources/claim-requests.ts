/** The collectors' side of questions to sources: claim one, answer it. */
import { and, asc, eq, inArray, lte, or, sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** Longer than any question may take: whoever claimed it has died, and somebody else asks again. */
const ABANDONED_MS = 90_000;

export type SourceRequestRow = typeof schema.sourceRequests.$inferSelect;

/** Takes the oldest question that waits, or that its claimer abandoned; null when there is none. */
export async function claimSourceRequest(db: Database, owner: string, now: Date): Promise<SourceRequestRow | null> {
  const { sourceRequests } = schema;
  return db.transaction(async (tx) => {
    const [next] = await tx.select({ id: sourceRequests.id }).from(sourceRequests)
      .where(or(
        eq(sourceRequests.state, 'waiting'),
        and(eq(sourceRequests.state, 'running'), lte(sourceRequests.claimedAt, new Date(now.getTime() - ABANDONED_MS))),
      ))
      .orderBy(asc(sourceRequests.requestedAt)).limit(1).for('update', { skipLocked: true });
    if (!next) return null;
    const [claimed] = await tx.update(sourceRequests).set({ state: 'running', claimedBy: owner, claimedAt: now }).where(eq(sourceRequests.id, next.id)).returning();
    return claimed ?? null;
  });
}

/** Writes the answer, or why there is none; nothing when somebody else has claimed the question meanwhile. */
export async function answerSourceRequest(
  db: Database,
  request: { id: string; owner: string },
  outcome: { answer: unknown } | { error: string },
  now: Date,
): Promise<void> {
  const { sourceRequests } = schema;
  await db.update(sourceRequests)
    .set('error' in outcome
      ? { state: 'failed', error: outcome.error, finishedAt: now, candidate: null }
      : { state: 'done', answer: sql`${JSON.stringify(outcome.answer)}::jsonb`, finishedAt: now, candidate: null })
    .where(and(eq(sourceRequests.id, request.id), eq(sourceRequests.claimedBy, request.owner), inArray(sourceRequests.state, ['running'])));
}
