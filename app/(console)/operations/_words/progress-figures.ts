import type { Status } from '@/server/domain/health/flow-view';
import { drainOutlook, type DrainOutlook } from '@/server/domain/operations/drain-outlook';
import { ITEM_STATES, type ItemState } from '@/server/domain/operations/item-states';
import type { OperationView } from '@/server/services/operations/operation-view';

/** The shape under which an item's state is shown. */
export const ITEM_SHAPES: Record<ItemState, Status> = {
  pending: 'silent', sending: 'silent', sent: 'held', confirmed: 'healthy', rejected: 'failing', 'duplicate-suppressed': 'healthy',
  unknown: 'unknown', skipped: 'degraded', 'not-eligible': 'degraded',
};

/** Best end first, what is still to do last: the order of the bar. */
const BAR_ORDER: readonly ItemState[] = ['confirmed', 'duplicate-suppressed', 'sent', 'rejected', 'unknown', 'skipped', 'sending', 'pending'];

export interface ProgressFigures {
  /** Items to act on; what was never eligible is not among them. */
  total: number;
  /** Neither waiting nor being sent. */
  acted: number;
  /** With their share of the total, 0..1; only those that there are. */
  segments: { state: ItemState; count: number; share: number }[];
  /** Milliseconds until everything was acted on, at the present rate; null where it cannot be told. */
  etaMs: number | null;
  notEligible: number;
}

/** How far the items of an operation are. */
export function progressFigures({ items, progress }: Pick<OperationView, 'items' | 'progress'>): ProgressFigures {
  const counted = BAR_ORDER.map((state) => ({ state, count: items[state] ?? 0 })).filter(({ count }) => count > 0);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  const left = (items.pending ?? 0) + (items.sending ?? 0);
  const rate = Number(progress.perSecond ?? 0);
  return {
    total,
    acted: total - left,
    segments: counted.map(({ state, count }) => ({ state, count, share: count / total })),
    etaMs: left === 0 || !(rate > 0) ? null : (left / rate) * 1000,
    notEligible: items['not-eligible'] ?? 0,
  };
}

/** States that items are in, with their counts, in the order of an item's life. */
export function itemCounts(items: OperationView['items']): { state: ItemState; count: number }[] {
  return ITEM_STATES.map((state) => ({ state, count: items[state] ?? 0 })).filter(({ count }) => count > 0);
}

/** When a release is over, as far as what waits and comes in behind it is counted; null where it cannot be told. */
export function releaseOutlook({ left, perSecond, incomingPerSecond }: OperationView['progress']): DrainOutlook | null {
  return drainOutlook({ left: left ?? null, perSecond: Number(perSecond ?? 0), incomingPerSecond: incomingPerSecond === undefined ? null : Number(incomingPerSecond) });
}
