/** One operation at a time acts on a channel: taken when it may begin, given back when it has ended. */
import { instantWords } from '@/server/domain/instant-words';
import { and, eq, inArray, ne } from 'drizzle-orm';
import { canGoFromUnder, notOverHold, REROUTED_ALREADY, REROUTED_FROM_HOLD } from '@/server/domain/operations/hold-layers';
import { isOver, type HoldState } from '@/server/domain/operations/hold-states';
import { actsOnHold, type HoldMethod, type OperationKind } from '@/server/domain/operations/kinds';
import { actorInWords } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { Refusal } from '../refusal';
import { holdsOnChannels } from './holds-on-channel';
import { loadHold, loadSteps, type OperationRow } from './operation-rows';

/**
 * Takes the channel of an operation, or all of its channels or none.
 *
 * @throws Refusal conflict that names the channel, and who acts or who holds
 */
export async function takeChannel(tx: Transaction, operation: OperationRow, now: Date): Promise<void> {
  const { channelLocks } = schema;
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
  await refuseLayers(tx, operation, channelIds);
}

/** At most one pause lies on a channel, and one reroute over it where that is possible. */
async function refuseLayers(tx: Transaction, { kind, method }: OperationRow, channelIds: readonly string[]): Promise<void> {
  if (kind !== 'pause' && kind !== 'reroute' && kind !== 'release') return;
  const inPlace = await holdsOnChannels(tx, channelIds);
  for (const held of inPlace) {
    const isHeld = `${held.channelId} is already ${held.kind === 'pause' ? 'held' : 'rerouted'}: a ${held.kind} by ${actorInWords(held.owner)} since ${instantWords(held.requestedAt)} (${held.state}).`;
    if (kind === 'release') {
      const isUnder = held.kind === 'pause' && inPlace.some((one) => one.kind === 'reroute' && one.channelId === held.channelId);
      if (isUnder && !canGoFromUnder(held.method as HoldMethod)) throw new Refusal('conflict', REROUTED_FROM_HOLD);
    } else if (held.kind === kind) {
      throw new Refusal('conflict', `${isHeld} ${kind === 'pause' ? 'Release' : 'Restore'} it first, or take it over.`);
    } else if (kind === 'pause') {
      throw new Refusal('conflict', `${isHeld} ${REROUTED_ALREADY}`);
    } else {
      const whyNot = notOverHold(method as HoldMethod, held.method as HoldMethod);
      if (whyNot !== null) throw new Refusal('conflict', `${isHeld} ${whyNot}`);
    }
  }
}

/** Gives all of its channels back; nothing when the operation has none. */
export async function giveChannelBack(tx: Transaction | Database, operationId: string): Promise<void> {
  await tx.delete(schema.channelLocks).where(eq(schema.channelLocks.operationId, operationId));
}
