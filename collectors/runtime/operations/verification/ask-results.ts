/** Evidence of what became of items that were sent: seen at the stages of the contract, or failed again. */
import type { OutcomeStage } from '@/server/domain/operations/outcome';
import { askFailedAgain, askSeenMessages } from '@/server/queries/replay-outcomes';
import type { ItemRow, OperationRow } from '@/server/services/operations/operation-rows';
import type { Engine } from '../engine';

export interface ItemResult {
  itemKey: string;
  sentMs: number;
  /** Per stage, whether it was seen there. */
  reached: boolean[];
  /** The reason with which it failed after it was sent. */
  failedAgain: string | null;
}

const ITEMS_PER_QUESTION = 5_000;
/** While a sender's clock and ours differ, and spans travel. */
const BEFORE_SENT_MS = 2_000;

/** @param sent items in the state `sent` @throws ClickHouseError while the store is away */
export async function askResults({ clickhouse, now }: Engine, row: OperationRow, sent: readonly ItemRow[], stages: readonly OutcomeStage[], signal: AbortSignal): Promise<ItemResult[]> {
  const sinceMs = Math.min(...sent.map(({ sentAt }) => sentAt?.getTime() ?? now().getTime())) - BEFORE_SENT_MS;
  const results: ItemResult[] = [];
  for (let from = 0; from < sent.length; from += ITEMS_PER_QUESTION) {
    const batch = sent.slice(from, from + ITEMS_PER_QUESTION);
    const messageIds = batch.map(({ messageId }) => messageId).filter((id) => id !== '');
    const seen = await Promise.all(stages.map(async ({ flow, hop, leg }) => new Set(messageIds.length === 0 ? [] : (await askSeenMessages(clickhouse, { flowId: flow, hopId: hop, leg, sinceMs, messageIds, limit: ITEMS_PER_QUESTION }, signal)).map(({ messageId }) => messageId))));
    const again = new Map((await askFailedAgain(clickhouse, { sourceId: row.sourceId, originChannelId: row.channelId, flowId: row.flowId, sinceMs, itemKeys: batch.map(({ itemKey }) => itemKey), limit: ITEMS_PER_QUESTION }, signal)).map((one) => [one.itemKey, one]));
    for (const { itemKey, messageId, sentAt } of batch) {
      const sentMs = sentAt?.getTime() ?? 0;
      const failure = again.get(itemKey);
      results.push({ itemKey, sentMs, reached: seen.map((ids) => ids.has(messageId)), failedAgain: failure !== undefined && failure.seenMs > sentMs ? (failure.reason || 'no reason given') : null });
    }
  }
  return results;
}
