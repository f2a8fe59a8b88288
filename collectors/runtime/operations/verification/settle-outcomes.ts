/** What became of the messages that a replay or a canary sent: confirmed, rejected, unknown. Looks for evidence, never assumes. */
import { askFailedAgain, askSeenMessages } from '@/server/queries/replay-outcomes';
import { deadLetterChannelId } from '@/server/domain/contracts/channel';
import { resolveItems } from '@/server/store/clickhouse/resolve-failures';
import { raiseFence } from '@/server/services/operations/engine/fenced';
import { openItems, settleItems } from '@/server/services/operations/engine/item-journal';
import { changeState, showProgress } from '@/server/services/operations/engine/run-operation';
import { operationsToSettle, itemCounts } from '@/server/services/operations/engine/outcomes';
import type { ItemRow, OperationRow } from '@/server/services/operations/operation-rows';
import { judgeResult, outcomeOf, outcomeStages, type OutcomeStage } from '@/server/domain/operations/outcome';
import { failureVersion } from '../../taps/tap-rows';
import type { Engine } from '../engine';
import { leverTarget } from '../lever-target';
import type { LeverTarget } from '../levers';

const ITEMS_PER_QUESTION = 5_000;
/** While a sender's clock and ours differ, and spans travel. */
const BEFORE_SENT_MS = 2_000;
/** Watched closely for so long; after that it is the owner's to await. */
const CLOSE_WATCH_MS = 60_000;

export async function settleOutcomes(engine: Engine, signal: AbortSignal): Promise<void> {
  for (const row of await operationsToSettle(engine.db)) {
    if (signal.aborted) return;
    await settle(engine, row, signal);
  }
}

async function settle(engine: Engine, row: OperationRow, signal: AbortSignal): Promise<void> {
  const fence = row.fence + 1n;
  if (!(await raiseFence(engine.db, row.id, fence))) return;
  const operation = { id: row.id, fence };
  const now = engine.now();
  const target = leverTarget(engine.contracts(), row.flowId, row.hopId);
  const items = await openItems(engine.db, row.id);
  await settleItems(engine.db, operation, 'skipped', items.filter(({ state }) => state === 'pending').map(({ itemKey }) => ({ itemKey, note: 'The operation ended before it was sent.', instead: 'Replay it with a new operation.' })), now);
  await settleItems(engine.db, operation, 'unknown', items.filter(({ state }) => state === 'sending').map(({ itemKey }) => ({ itemKey, note: 'The execution ended while it was being sent; nothing tells whether it was.' })), now);
  const sent = items.filter(({ state }) => state === 'sent');
  await markAsNoLongerFailed(engine, row, target, sent);
  const stages = outcomeStages(target.flow);
  const isWaiting = stages.length > 0 && sent.length > 0 ? await lookForResults(engine, row, { sent, stages, operation, signal }) : false;
  const end = outcomeOf(await itemCounts(engine.db, row.id), { isWaiting, hasConfirm: stages.length > 0, stopped: row.stopRequestedAt !== null });
  if (end === null) {
    const sinceMs = now.getTime() - Math.max(...sent.map(({ sentAt }) => sentAt?.getTime() ?? 0));
    if (row.state === 'verifying' && sinceMs > CLOSE_WATCH_MS) {
      const last = stages.at(-1);
      const untilMs = now.getTime() - sinceMs + (last?.withinMs ?? 0);
      await changeState(engine.db, operation, 'awaiting-confirmation', { now, sentence: `All is sent; ${last?.name ?? 'the business result'} is awaited until ${new Date(untilMs).toISOString()}. ${row.owner} answers for it.` });
    } else {
      await showProgress(engine.db, operation, { ...(row.progress as object), sentence: row.summary }, now);
    }
    return;
  }
  await changeState(engine.db, operation, end.state, { now, sentence: end.sentence });
}

/** @returns whether some item still awaits its result */
async function lookForResults(
  { db, clickhouse, now }: Engine, row: OperationRow,
  { sent, stages, operation, signal }: { sent: readonly ItemRow[]; stages: readonly OutcomeStage[]; operation: { id: string; fence: bigint }; signal: AbortSignal },
): Promise<boolean> {
  const at = now();
  const sinceMs = Math.min(...sent.map(({ sentAt }) => sentAt?.getTime() ?? at.getTime())) - BEFORE_SENT_MS;
  let open = 0;
  for (let from = 0; from < sent.length; from += ITEMS_PER_QUESTION) {
    const batch = sent.slice(from, from + ITEMS_PER_QUESTION);
    const messageIds = batch.map(({ messageId }) => messageId).filter((id) => id !== '');
    const seen = await Promise.all(stages.map(async ({ flow, hop, leg }) => new Set(messageIds.length === 0 ? [] : (await askSeenMessages(clickhouse, { flowId: flow, hopId: hop, leg, sinceMs, messageIds, limit: ITEMS_PER_QUESTION }, signal)).map(({ messageId }) => messageId))));
    const again = new Map((await askFailedAgain(clickhouse, { sourceId: row.sourceId, originChannelId: row.channelId, flowId: row.flowId, sinceMs, itemKeys: batch.map(({ itemKey }) => itemKey), limit: ITEMS_PER_QUESTION }, signal)).map((one) => [one.itemKey, one]));
    const verdicts = batch.map(({ itemKey, messageId, sentAt }) => {
      const failure = again.get(itemKey);
      return { itemKey, ...judgeResult(stages, { reached: seen.map((ids) => ids.has(messageId)), failedAgain: failure !== undefined && failure.seenMs > (sentAt?.getTime() ?? 0) ? (failure.reason || 'no reason given') : null, waitedMs: at.getTime() - (sentAt?.getTime() ?? 0) }) };
    });
    for (const state of ['confirmed', 'rejected', 'unknown'] as const) await settleItems(db, operation, state, verdicts.filter((verdict) => verdict.state === state), at);
    open += verdicts.filter(({ state }) => state === 'sent').length;
  }
  return open > 0;
}

/** What was taken from the dead-letter queue lies there no more; if it fails again, the tap says so with a later look. */
async function markAsNoLongerFailed({ clickhouse }: Engine, row: OperationRow, { channel }: LeverTarget, sent: readonly ItemRow[]): Promise<void> {
  const channelId = deadLetterChannelId(channel);
  if (row.kind !== 'replay' || channelId === null || sent.length === 0) return;
  const bySecond = new Map<number, string[]>();
  for (const { itemKey, sentAt } of sent) {
    const at = sentAt?.getTime() ?? 0;
    bySecond.set(at, [...(bySecond.get(at) ?? []), itemKey]);
  }
  for (const [at, itemKeys] of bySecond) {
    await resolveItems(clickhouse, { sourceId: row.sourceId, channelId, seenBefore: at, itemKeys, seenAt: at, version: failureVersion(at, 0n) });
  }
}
