/** Who answers for a hold, and until when. */
import { instantWords } from '@/server/domain/instant-words';
import { and, eq, notInArray } from 'drizzle-orm';
import { z } from 'zod';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import { maxHoldMs, maxRerouteMs } from '@/server/domain/operations/hold-length';
import { actorInWords, actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { invalidField, Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { flowTarget } from './flow-target';
import { loadHold, writeEvent, type HoldRow } from './operation-rows';
import { requireWholeFlow } from './operation-scope';
import type { HoldView } from './operation-view';
import { flowNames, holdView } from './view-of-operation';

const why = z.string().trim().min(3, { error: 'must say why, in words' }).max(500);
export const takeOverInput = z.strictObject({ holdId: z.uuid(), reason: why });
export const extendInput = z.strictObject({ holdId: z.uuid(), reviewBy: z.iso.datetime({ offset: true }), reason: why });

/** Makes the caller the owner: from now on it is theirs to release. @throws Refusal not-found, invalid, conflict */
export function takeOverHold(context: ServiceContext, input: z.input<typeof takeOverInput>): Promise<HoldView> {
  const { holdId, reason } = takeOverInput.parse(input);
  return changeHold(context, { holdId, reason, action: 'hold.take-over' }, async (hold) => {
    const owner = actorLabel(context.actor);
    return { change: { owner, ownerUser: context.actor.kind === 'user' ? context.actor.id : null }, sentence: `${actorInWords(owner)} took the hold over from ${actorInWords(hold.owner)}: ${reason}` };
  });
}

/** Moves the instant at which somebody has to decide anew. @throws Refusal not-found, invalid, conflict */
export function extendHold(context: ServiceContext, input: z.input<typeof extendInput>): Promise<HoldView> {
  const { holdId, reviewBy, reason } = extendInput.parse(input);
  return changeHold(context, { holdId, reason, action: 'hold.extend' }, async (hold) => {
    const at = new Date(reviewBy);
    const { flow } = await flowTarget(context.db, hold.flowId, hold.hopId);
    const longestMs = hold.kind === 'reroute' ? maxRerouteMs(flow) : maxHoldMs(flow);
    if (at <= context.now()) throw invalidField('reviewBy', 'lies in the past');
    if (at.getTime() - context.now().getTime() > longestMs) throw invalidField('reviewBy', `is more than ${Math.round(longestMs / 60_000)} minutes from now, which is the longest that the contract allows`);
    // One that had expired is in force again, until the new instant.
    return { change: { reviewBy: at, expiry: {}, ...(hold.state === 'expiring' ? { state: 'active' } : {}) }, sentence: `${actorInWords(actorLabel(context.actor))} moved the review from ${instantWords(hold.reviewBy)} to ${instantWords(at)}: ${reason}` };
  });
}

async function changeHold(
  context: ServiceContext, { holdId, reason, action }: { holdId: string; reason: string; action: string },
  decide: (hold: HoldRow) => Promise<{ change: Partial<typeof schema.holds.$inferInsert>; sentence: string }>,
): Promise<HoldView> {
  const { holds } = schema;
  const changed = await audited(context, { action, subject: `hold:${holdId}` }, async (tx, record) => {
    record({ reason });
    const scopes = authorize(context, 'operations:run', `Hold ${holdId}`);
    const hold = await loadHold(tx, holdId);
    requireWholeFlow(scopes, 'pause', hold.flowId);
    const { change, sentence } = await decide(hold);
    const [row] = await tx.update(holds).set(change).where(and(eq(holds.id, holdId), notInArray(holds.state, [...HOLD_OVER]))).returning();
    if (!row) throw new Refusal('conflict', `The hold is over since ${hold.overAt === null ? 'a while' : instantWords(hold.overAt)}.`);
    await writeEvent(tx, { operationId: hold.openedBy, holdId, at: context.now(), by: actorLabel(context.actor), kind: action, sentence });
    record({ flowId: hold.flowId, before: { owner: hold.owner, reviewBy: hold.reviewBy.toISOString() }, after: { owner: row.owner, reviewBy: row.reviewBy.toISOString() } });
    return row;
  });
  return holdView(changed, context.actor, context.now(), await flowNames(context.db));
}
