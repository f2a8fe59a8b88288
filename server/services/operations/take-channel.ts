/** One operation at a time acts on a channel: taken when it may begin, given back when it has ended. */
import { instantWords } from '@/server/domain/instant-words';
import { and, eq, inArray, ne, notInArray } from 'drizzle-orm';
import { HOLD_OVER, isOver, type HoldState } from '@/server/domain/operations/hold-states';
import { actsOnHold, type OperationKind } from '@/server/domain/operations/kinds';
import { actorInWords } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { Refusal } from '../refusal';
import { loadHold, loadSteps, type OperationRow } from './operation-rows';

/**
 * Takes the channel of an operation, or all of its channels or none.
 *
 * @throws Refusal conflict that names the channel, and who acts or who holds
 */
export async function takeChannel(tx: Transaction, operation: OperationRow, now: Date): Promise<void> {
  const { channelLocks, holds } = schema;
  const steps = await loadSteps(tx, operation.id);
  // In one order for everybody, so that two who want the same channels do not wait for each other.
  const channelIds = steps.length === 0 ? [operation.channelId] : steps.map(({ channelId }) => channelId).toSorted();
  const taken = await tx.insert(channelLocks).values(channelIds.map((channelId) => ({ channelId, operationId: operation.id, takenAt: now }))).onConflictDoNothing().returning({ channelId: channelLocks.channelId });
  if (taken.length < channelIds.length) {
    const others = await tx.select({ channelId: channelLocks.channelId, operation: schema.operations }).from(channelLocks).innerJoin(schema.operations, eq(schema.operations.id, channelLocks.operationId))
      .where(and(inArray(channelLocks.channelId, channelIds), ne(channelLocks.operationId, operation.id)));
    const [other] = others;
    if (other) throw new Refusal('conflict', `${actorInWords(other.operation.requestedBy)} is acting on ${other.channelId} since ${other.operation.confirmedAt === null ? 'now' : instantWords(other.operation.confirmedAt)}: a ${other.operation.kind} is ${other.operation.state} (operation ${other.operation.id}). Wait for its end, or stop it.`);
    const own = await tx.select({ channelId: channelLocks.channelId }).from(channelLocks).where(eq(channelLocks.operationId, operation.id));
    if (own.length < channelIds.length) throw new Refusal('conflict', `Somebody else has just begun to act on ${channelIds.join(' or ')}. Look at it again.`);
  }
  const holdIds = operation.holdId === null ? steps.map(({ holdId }) => holdId) : [operation.holdId];
  for (const holdId of actsOnHold(operation.kind as OperationKind) ? holdIds : []) {
    const hold = await loadHold(tx, holdId);
    if (isOver(hold.state as HoldState)) throw new Refusal('conflict', `The hold is over since ${hold.overAt === null ? 'a while' : instantWords(hold.overAt)}; there is nothing to ${operation.kind}.`);
  }
  if (operation.kind !== 'pause' && operation.kind !== 'reroute') return;
  const [held] = await tx.select().from(holds).where(and(inArray(holds.channelId, channelIds), notInArray(holds.state, [...HOLD_OVER])));
  if (held) throw new Refusal('conflict', `${held.channelId} is already held: a ${held.kind} by ${actorInWords(held.owner)} since ${instantWords(held.requestedAt)} (${held.state}). Release it first, or take it over.`);
}

/** Gives all of its channels back; nothing when the operation has none. */
export async function giveChannelBack(tx: Transaction | Database, operationId: string): Promise<void> {
  await tx.delete(schema.channelLocks).where(eq(schema.channelLocks.operationId, operationId));
}
