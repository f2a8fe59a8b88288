import { and, asc, eq, notInArray } from 'drizzle-orm';
import type { FlowHold } from '@/server/domain/health/under-hold';
import { HOLD_OVER, type HoldState } from '@/server/domain/operations/hold-states';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import { schema, type Database } from '@/server/store/postgres';

/** The pause that is in place per flow; of several hops one that leaks, else the oldest. Reroutes hold nothing back. */
export async function readFlowHolds(db: Database): Promise<Map<string, FlowHold>> {
  const { holds } = schema;
  const rows = await db.select().from(holds).where(and(eq(holds.kind, 'pause'), notInArray(holds.state, [...HOLD_OVER]))).orderBy(asc(holds.requestedAt));
  const byFlow = new Map<string, FlowHold>();
  for (const row of [...rows.filter(({ state }) => state === 'leaking'), ...rows]) {
    if (byFlow.has(row.flowId)) continue;
    byFlow.set(row.flowId, {
      state: row.state as HoldState, method: row.method as HoldMethod, owner: row.owner, observation: row.observation, since: row.requestedAt.getTime(), verifiedAt: row.verifiedAt?.getTime() ?? null,
    });
  }
  return byFlow;
}
