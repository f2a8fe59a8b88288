/** What stands against beginning an operation that was agreed to. */
import { canonicalHash } from '@/server/domain/canonical-json';
import { planHash, type ConnectorPlan, type OperationPlan } from '@/server/domain/operations/plan';
import { readLeverSwitch } from '@/server/services/operations/lever-switch';
import type { OperationRow } from '@/server/services/operations/operation-rows';
import type { Engine } from '../engine';

/** What stands against beginning, besides the source itself. */
export async function refusalToBegin({ db, now }: Engine, row: OperationRow, plan: OperationPlan): Promise<string | null> {
  if (planHash(plan) !== row.planHash) return 'The stored plan is not the one that was agreed to: its hash differs. Nothing was done; make a new plan, and tell your administrator.';
  const startAt = row.startAt?.getTime() ?? 0;
  if (row.approvalExpiresAt !== null && now().getTime() > Math.max(row.approvalExpiresAt.getTime(), startAt + 60_000)) return 'The approval expired before it began. Make a new plan.';
  const disabled = await readLeverSwitch(db);
  return disabled === null ? null : `All levers are disabled: ${disabled.by} did so at ${disabled.at} (${disabled.reason}).`;
}

export const CHANGED = 'The source has changed since the plan was made (bindings, policies, users or limits are others).';

/** What the plan rests on is not what is there now. */
export function isAnother(now: ConnectorPlan, planned: ConnectorPlan): boolean {
  return canonicalHash(now.topology) !== canonicalHash(planned.topology);
}
