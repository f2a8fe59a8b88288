import type { PreviousEvaluation } from '@/server/domain/health/evaluate-flow-health';
import { flowFiguresSchema, NO_FIGURES } from '@/server/domain/health/flow-figures';
import type { Database } from '@/server/store/postgres';
import { asStatus } from './shown-health';

/** What the last evaluation found per flow, whichever process made it. */
export async function readPreviousEvaluations(db: Database): Promise<Map<string, PreviousEvaluation>> {
  const rows = await db.query.flowStatus.findMany();
  return new Map(rows.map((row) => [row.flowId, {
    status: asStatus(row.status),
    rule: row.rule,
    since: row.since.getTime(),
    lastUnhealthyAt: row.lastUnhealthyAt?.getTime() ?? null,
    figures: flowFiguresSchema.safeParse(row.figures).data ?? NO_FIGURES,
  }]));
}
