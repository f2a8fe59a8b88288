import { and, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { operationPlan } from '@/server/domain/operations/plan';
import { approveOperation, rejectOperation } from '../operations/approve-operation';
import { confirmOperation } from '../operations/confirm-operation';
import { loadOperation } from '../operations/operation-rows';
import type { OperationView } from '../operations/operation-view';
import { Refusal } from '../refusal';
import type { ServiceContext } from '../service-context';
import { loadUserActor } from '../users/user-grants';
import { hashCode, type DeviceRow } from './device-rows';
import type { DeviceAct, DeviceAnswer } from './device-view';

export const redeemRequestInput = z.strictObject({ deviceCode: z.string().max(100) });

/**
 * Asked by the terminal again and again. Once a person has said yes the code is used up, and the decision is made as that
 * person, with the roles of this moment and by the verb that the browser calls; what it refuses stays refused.
 *
 * @throws Refusal not-found for a code that is not known or used; and what the decision throws
 */
export async function redeemRequest(context: ServiceContext, input: z.input<typeof redeemRequestInput>): Promise<DeviceAnswer> {
  const { deviceCode } = redeemRequestInput.parse(input);
  const { deviceRequests: table } = schema;
  const [seen] = await context.db.select().from(table).where(eq(table.deviceHash, hashCode(deviceCode)));
  if (!seen || seen.state === 'used') throw new Refusal('not-found', 'This code is not known, or was used already. Ask for a new one.');
  if (seen.state === 'denied') return { state: 'denied', sentence: `${seen.decidedBy ?? 'Somebody'} refused it in the browser.` };
  if (seen.expiresAt <= context.now()) return { state: 'expired', sentence: 'Nobody agreed within ten minutes. Ask for a new code.' };
  if (seen.state === 'waiting') return { state: 'waiting' };
  const row = await spend(context, seen);
  const person = row.decidedByUser === null ? null : await loadUserActor(context.db, row.decidedByUser);
  if (person === null) throw new Refusal('conflict', `${row.decidedBy ?? 'Who agreed'} can no longer sign in; nothing was decided.`);
  const as: ServiceContext = { db: context.db, clickhouse: context.clickhouse, actor: person, now: () => context.now() };
  const words = row.words ?? undefined;
  // The other verbs check the hash themselves; a rejection is of what was read as well.
  const { planHash, plan } = await loadOperation(context.db, row.operationId);
  if (planHash !== row.planHash) throw new Refusal('conflict', 'The operation has another plan by now; nothing was decided.');
  const about = { id: row.operationId, planHash: row.planHash };
  const decide = (): Promise<OperationView> => {
    switch (row.act as DeviceAct) {
      case 'approve': return approveOperation(as, { ...about, ...(words === undefined ? {} : { comment: words }) });
      case 'reject': return rejectOperation(as, { id: row.operationId, reason: words ?? 'Rejected from the command line.' });
      // The typed word of a guarded act was asked for at the terminal, before there was a code.
      case 'confirm': return confirmOperation(as, { ...about, reason: words ?? '', ...(row.ticket === null ? {} : { ticket: row.ticket }), typed: operationPlan.parse(plan).typedConfirmation ?? undefined });
    }
  };
  return { state: 'done', by: row.decidedBy ?? '', operation: await decide() };
}

/** Whoever comes second finds it used. @throws Refusal not-found */
function spend(context: ServiceContext, seen: DeviceRow): Promise<DeviceRow> {
  const { deviceRequests: table } = schema;
  return audited(context, { action: 'device.use', subject: `operation:${seen.operationId}` }, async (tx, record) => {
    record({ planHash: seen.planHash, before: { state: 'granted' } });
    const now = context.now();
    const [row] = await tx.update(table).set({ state: 'used', usedAt: now }).where(and(eq(table.id, seen.id), eq(table.state, 'granted'), gt(table.expiresAt, now))).returning();
    if (!row) throw new Refusal('not-found', 'This code was used already, or is not good any more. Ask for a new one.');
    record({ after: { request: row.id, state: 'used', act: row.act, as: row.decidedBy } });
    return row;
  });
}
