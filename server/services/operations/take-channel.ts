/** One operation at a time acts on a channel: taken when it may begin, given back when it has ended. */
import { and, eq, notInArray } from 'drizzle-orm';
import { HOLD_OVER, isOver, type HoldState } from '@/server/domain/operations/hold-states';
import { actsOnHold, type OperationKind } from '@/server/domain/operations/kinds';
import { actorInWords } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { Refusal } from '../refusal';
import { loadHold, type OperationRow } from './operation-rows';

/** @throws Refusal conflict that names who acts, or who holds */
export async function takeChannel(tx: Transaction, operation: OperationRow, now: Date): Promise<void> {
  const { channelLocks, holds } = schema;
  const taken = await tx.insert(channelLocks).values({ channelId: operation.channelId, operationId: operation.id, takenAt: now }).onConflictDoNothing().returning({ id: channelLocks.operationId });
  if (taken.length === 0) {
    const [other] = await tx.select({ operation: schema.operations }).from(channelLocks).innerJoin(schema.operations, eq(schema.operations.id, channelLocks.operationId)).where(eq(channelLocks.channelId, operation.channelId));
    if (other?.operation.id !== operation.id) {
      throw new Refusal('conflict', other
        ? `${actorInWords(other.operation.requestedBy)} is acting on ${operation.channelId} since ${other.operation.confirmedAt?.toISOString() ?? 'now'}: a ${other.operation.kind} is ${other.operation.state} (operation ${other.operation.id}). Wait for its end, or stop it.`
        : `Somebody else has just begun to act on ${operation.channelId}. Look at it again.`);
    }
  }
  if (operation.holdId !== null && actsOnHold(operation.kind as OperationKind)) {
    const hold = await loadHold(tx, operation.holdId);
    if (isOver(hold.state as HoldState)) throw new Refusal('conflict', `The hold is over since ${hold.overAt?.toISOString() ?? 'a while'}; there is nothing to ${operation.kind}.`);
  }
  if (operation.kind !== 'pause' && operation.kind !== 'reroute') return;
  const [held] = await tx.select().from(holds).where(and(eq(holds.channelId, operation.channelId), notInArray(holds.state, [...HOLD_OVER])));
  if (held) throw new Refusal('conflict', `${operation.channelId} is already held: a ${held.kind} by ${actorInWords(held.owner)} since ${held.requestedAt.toISOString()} (${held.state}). Release it first, or take it over.`);
}

/** Gives the channel back; nothing when the operation does not have it. */
export async function giveChannelBack(tx: Transaction | Database, operationId: string): Promise<void> {
  await tx.delete(schema.channelLocks).where(eq(schema.channelLocks.operationId, operationId));
}
