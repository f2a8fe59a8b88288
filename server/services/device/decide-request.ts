import { and, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { admitCode, forgetWrongCodes } from './code-throttle';
import { requireDecidable, waitingRequest } from './device-rows';

export const decideRequestInput = z.strictObject({ requestId: z.uuid(), userCode: z.string().max(40), planHash: z.string(), grant: z.boolean() });

/**
 * A signed-in person says yes or no to what a terminal asks for. Yes lets the terminal make the decision once, as this person
 * and of this plan alone; the decision itself is checked again then.
 *
 * @throws Refusal not-found, invalid, conflict
 */
export async function decideRequest(context: ServiceContext, input: z.input<typeof decideRequestInput>): Promise<{ granted: boolean }> {
  const { requestId, userCode, planHash, grant } = decideRequestInput.parse(input);
  const { deviceRequests: table } = schema;
  return audited(context, { action: grant ? 'device.grant' : 'device.deny', subject: 'device' }, async (tx, record) => {
    authorize(context, 'terminals:answer', 'The code');
    const { actor } = context;
    if (actor.kind !== 'user') throw new Refusal('invalid', 'Only a signed-in person can decide about an operation; a token or a command line cannot.');
    await admitCode(context.db, actor.id, context.now());
    const seen = await waitingRequest(tx, userCode, context.now());
    if (seen.id !== requestId) throw new Refusal('not-found', 'The code belongs to another request. Look it up again.');
    record({ subject: `operation:${seen.operationId}`, planHash: seen.planHash });
    if (seen.planHash !== planHash) throw new Refusal('conflict', 'The plan is another one than the one you read. Look the code up again.');
    await requireDecidable(context, tx, seen);
    const now = context.now();
    const by = actorLabel(actor);
    const [row] = await tx.update(table).set({ state: grant ? 'granted' : 'denied', decidedBy: by, decidedByUser: actor.id, decidedAt: now })
      .where(and(eq(table.id, seen.id), eq(table.state, 'waiting'), gt(table.expiresAt, now))).returning();
    if (!row) throw new Refusal('conflict', 'Somebody else has just decided about this code.');
    await forgetWrongCodes(tx, actor.id);
    record({ before: { state: 'waiting' }, after: { request: row.id, state: row.state, act: row.act, from: row.requestedFrom } });
    return { granted: grant };
  });
}
