import { askItemCopies } from '@/server/queries/item-copies';
import { loadOperation } from '@/server/services/operations/operation-rows';
import type { Engine } from '../engine';
import type { LeverRun } from '../levers';

/** Asks the copies of the operation's source since it was asked for. */
export function seenCopiesOf({ db, clickhouse }: Engine, operationId: string, signal: AbortSignal): LeverRun['seenCopies'] {
  return async (marks) => {
    if (marks.length === 0) return new Set();
    const { sourceId, requestedAt } = await loadOperation(db, operationId);
    const rows = await askItemCopies(clickhouse, { sourceId, sinceMs: requestedAt.getTime(), items: [...marks], limit: marks.length }, signal);
    return new Set(rows.map(({ item }) => item));
  };
}
