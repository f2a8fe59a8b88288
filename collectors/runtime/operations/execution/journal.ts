/** The journal as a connector writes it: rows of `operation_items`, under the fence of this life. */
import type { ItemState } from '@/server/domain/operations/item-states';
import type { MappedRecord } from '@/server/domain/taps/facts';
import { OperationFenceLost } from '@/server/services/operations/engine/fenced';
import { addItems, claimItems, openItems, settleItems } from '@/server/services/operations/engine/item-journal';
import type { PlannedItem } from '@/server/services/operations/engine/store-plan';
import type { Engine } from '../engine';
import { FenceLost, type ItemJournal, type JournalItem } from '../levers';

export function journalOf({ db, now }: Engine, operation: { id: string; fence: bigint }): ItemJournal {
  const settle = (to: ItemState, items: Parameters<typeof settleItems>[3]) => lives(settleItems(db, operation, to, items, now())).then(() => undefined);
  const keys = (itemKeys: readonly string[]) => itemKeys.map((itemKey) => ({ itemKey }));
  return {
    open: async () => (await lives(openItems(db, operation.id))).map(({ itemKey, position, state, messageId }): JournalItem => ({ itemKey, position, messageId, state: state as JournalItem['state'] })),
    add: (items) => lives(addItems(db, operation, items.map(({ itemKey, messageId, mapped }) => found(itemKey, messageId, mapped)))),
    claim: (itemKeys, sentBefore = []) => lives(claimItems(db, operation, itemKeys, { sent: sentBefore, now: now() })),
    sent: (itemKeys) => settle('sent', keys(itemKeys)),
    notSent: (itemKeys) => settle('pending', keys(itemKeys)),
    skip: (items) => settle('skipped', items),
    unknown: (items) => settle('unknown', items),
  };
}

function found(itemKey: string, messageId: string, mapped: MappedRecord): PlannedItem {
  const { caseToken, caseLabel, facilityId, payerId, amount, currency, reason } = mapped;
  return { itemKey, messageId, caseToken, caseLabel, facilityId, payerId, amount, currency, reason, state: 'pending', note: '', instead: '', failedAt: null };
}

/** To connectors a lost fence has one name. */
async function lives<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw error instanceof OperationFenceLost ? new FenceLost() : error;
  }
}
