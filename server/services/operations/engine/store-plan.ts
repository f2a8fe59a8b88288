import type { ItemState } from '@/server/domain/operations/item-states';
import { locksOf, planHash, type OperationPlan } from '@/server/domain/operations/plan';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import { moveOperation } from '../operation-rows';
import { fenced } from './fenced';

export interface PlannedItem {
  itemKey: string;
  state: Extract<ItemState, 'pending' | 'not-eligible'>;
  note: string;
  instead: string;
  messageId: string;
  caseToken: string;
  caseLabel: string;
  facilityId: string;
  payerId: string;
  amount: string;
  currency: string;
  reason: string;
  failedAt: Date | null;
}

export const COLLECTORS = { kind: 'system', name: 'collectors' } as const;
const ITEMS_PER_INSERT = 1_000;

/** Freezes the plan with its items. From now on nothing but its hash is confirmed. */
export async function storePlan(db: Database, operation: { id: string; fence: bigint }, plan: OperationPlan, items: readonly PlannedItem[], now: Date): Promise<void> {
  const hash = planHash(plan);
  const locks = locksOf(plan);
  const sentence = locks.length === 0 ? 'The plan is made; nothing has been changed yet.' : `The lever is locked: ${locks.map((lock) => lock.sentence).join(' ')}`;
  await fenced(db, operation, async (tx, row) => {
    for (let from = 0; from < items.length; from += ITEMS_PER_INSERT) {
      await tx.insert(schema.operationItems).values(items.slice(from, from + ITEMS_PER_INSERT).map((item, index) => ({ ...item, operationId: operation.id, position: from + index + 1 })));
    }
    const moved = await moveOperation(tx, operation.id, 'planned', { now, by: 'system:collectors', sentence, change: { plan, planHash: hash, plannedAt: now } });
    if (!moved) return;
    await recordAudit(tx, { actor: COLLECTORS, now: () => now }, {
      action: 'operation.plan', subject: `operation:${operation.id}`, flowId: row.flowId, planHash: hash,
      after: { items: plan.items.count, notEligible: plan.items.notEligible.reduce((sum, { count }) => sum + count, 0), locks: locks.map(({ code }) => code) },
    });
  });
}
