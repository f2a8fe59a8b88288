import { notInArray, sql } from 'drizzle-orm';
import type { FlowEvaluation } from '@/server/domain/health/evaluate-flow-health';
import { uuidv7 } from '@/server/domain/ids';
import { schema, type Database } from '@/server/store/postgres';
import { underLease, type Lease } from '../leases/hold-lease';

/**
 * Makes these evaluations the status of all flows: one transaction writes the statuses, each change of status, and
 * removes flows that are not evaluated any more.
 *
 * @throws LeaseLost when another evaluator has taken over; nothing is written then
 */
export async function recordEvaluations(db: Database, lease: Lease, evaluations: ReadonlyMap<string, FlowEvaluation>, now: Date): Promise<void> {
  const { flowStatus, flowStatusChanges } = schema;
  await underLease(db, lease, async (tx) => {
    const before = new Map((await tx.select({ flowId: flowStatus.flowId, status: flowStatus.status }).from(flowStatus)).map((row) => [row.flowId, row.status]));
    const flowIds = [...evaluations.keys()];
    await tx.delete(flowStatus).where(flowIds.length > 0 ? notInArray(flowStatus.flowId, flowIds) : undefined);
    if (flowIds.length === 0) return;
    await tx
      .insert(flowStatus)
      .values([...evaluations].map(([flowId, found]) => ({
        flowId, status: found.status, phase: found.phase, rule: found.rule, reason: found.reason, figures: found.figures,
        since: new Date(found.since), lastUnhealthyAt: found.lastUnhealthyAt === null ? null : new Date(found.lastUnhealthyAt), evaluatedAt: now,
      })))
      .onConflictDoUpdate({
        target: flowStatus.flowId,
        set: {
          status: sql`excluded.status`, phase: sql`excluded.phase`, rule: sql`excluded.rule`, reason: sql`excluded.reason`, figures: sql`excluded.figures`,
          since: sql`excluded.since`, lastUnhealthyAt: sql`excluded.last_unhealthy_at`, evaluatedAt: sql`excluded.evaluated_at`,
        },
      });
    const changes = [...evaluations].filter(([flowId, found]) => before.get(flowId) !== found.status);
    if (changes.length === 0) return;
    await tx.insert(flowStatusChanges).values(changes.map(([flowId, found]) => ({
      id: uuidv7(now.getTime()), flowId, fromStatus: before.get(flowId) ?? null, toStatus: found.status, rule: found.rule, reason: found.reason, at: now,
    })));
  });
}
