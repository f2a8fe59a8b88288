/** Questions to sources: asked here, answered by a collector (`claim-requests`), kept for a day. */
import { and, count, eq, inArray, lt } from 'drizzle-orm';
import type { SourceDescription } from '@/server/domain/sources/description';
import type { Discovery } from '@/server/domain/sources/discovery';
import { actorLabel } from '@/server/domain/roles/actor';
import { uuidv7 } from '@/server/domain/ids';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { Refusal } from '../refusal';
import { isFresh } from '../system/component-reports';
import type { SourceContext } from './source-context';
import type { SourceRequestView } from './source-view';
import type { CandidateConnection } from './stored-connections';
import type { SourceRequestRow } from './claim-requests';

/** Component of the reports of collectors with the role taps. */
const TAPPING_COMPONENT = 'taps';
const UNCLAIMED_MS = 15_000;
/** Collectors that run answer a few questions at a time. */
const UNCLAIMED_BUSY_MS = 120_000;
/** A discovery may take a minute, and is claimed anew after 90 s when its collector died. */
const UNANSWERED_MS = 180_000;
const KEPT_MS = 24 * 3_600_000;
/** Open questions of all people together: each makes a collector connect to an address. */
const MOST_OPEN = 20;

const NO_COLLECTOR = 'No collector with the role taps is running, so nobody could ask the source. Start one with "npm run collectors", then try again.';
const TOO_BUSY = 'The collectors are busy with other tests and discoveries. Try again in a minute.';
const NO_ANSWER = 'The collector that took this up did not answer. Try again.';

/** @param question `candidate` is null for a source as it is saved @throws Refusal too-many-requests */
export async function ask(
  tx: Transaction, context: Pick<SourceContext, 'actor' | 'now'>, question: { sourceId: string; kind: 'test' | 'discover'; candidate: CandidateConnection | null },
): Promise<SourceRequestRow> {
  const { sourceRequests } = schema;
  const now = context.now();
  await giveUpOldRequests(tx, now);
  await tx.delete(sourceRequests).where(lt(sourceRequests.requestedAt, new Date(now.getTime() - KEPT_MS)));
  const [open] = await tx.select({ requests: count() }).from(sourceRequests).where(inArray(sourceRequests.state, ['waiting', 'running']));
  if ((open?.requests ?? 0) >= MOST_OPEN) throw new Refusal('too-many-requests', `${MOST_OPEN} tests and discoveries are under way. Wait until some are done, then try again.`);
  const [row] = await tx.insert(sourceRequests).values({ id: uuidv7(now.getTime()), ...question, requestedBy: actorLabel(context.actor), requestedAt: now }).returning();
  if (!row) throw new Error(`The ${question.kind} of ${question.sourceId} was not stored`);
  return row;
}

/** Ends what nobody took up or answered in time, so that a collector that starts tomorrow does not test what was asked today. */
export async function giveUpOldRequests(db: Pick<Database, 'query' | 'update'>, now: Date): Promise<void> {
  const { sourceRequests } = schema;
  const before = (ageMs: number) => new Date(now.getTime() - ageMs);
  const giveUp = (error: string) => ({ state: 'failed', error, finishedAt: now, candidate: null });
  const collectors = await db.query.componentReports.findMany({ columns: { reportedAt: true }, where: (row, { eq: is }) => is(row.component, TAPPING_COMPONENT) });
  const [waitsMs, why] = collectors.some((report) => isFresh(report, now)) ? [UNCLAIMED_BUSY_MS, TOO_BUSY] as const : [UNCLAIMED_MS, NO_COLLECTOR] as const;
  await db.update(sourceRequests).set(giveUp(why)).where(and(eq(sourceRequests.state, 'waiting'), lt(sourceRequests.requestedAt, before(waitsMs))));
  await db.update(sourceRequests).set(giveUp(NO_ANSWER)).where(and(eq(sourceRequests.state, 'running'), lt(sourceRequests.claimedAt, before(UNANSWERED_MS))));
}

export function toSourceRequestView(row: SourceRequestRow): SourceRequestView {
  const { id, sourceId, state, requestedBy, requestedAt, finishedAt, error } = row;
  const kind = row.kind === 'discover' ? 'discover' : 'test';
  return {
    id, sourceId, kind, requestedBy, error,
    state: state === 'waiting' || state === 'running' || state === 'done' ? state : 'failed',
    requestedAt: requestedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null,
    description: kind === 'test' ? (row.answer as SourceDescription | null) : null,
    discovery: kind === 'discover' ? (row.answer as Discovery | null) : null,
  };
}
