import { flowFiguresSchema, NO_FIGURES, type FlowFigures } from '@/server/domain/health/flow-figures';
import { STATUSES, type FlowHealth, type Phase, type Status } from '@/server/domain/health/flow-view';
import type { schema } from '@/server/store/postgres';

export type StatusRow = typeof schema.flowStatus.$inferSelect;

/** An evaluation older than this says nothing about now: three evaluations were missed. */
const EVALUATION_VALID_MS = 15_000;

/** What may be said now about a flow from its last evaluation: `unknown` as soon as that is too old. */
export function shownHealth(row: StatusRow | undefined, now: Date): { health: FlowHealth; figures: FlowFigures } {
  if (!row) {
    return {
      health: {
        status: 'unknown', phase: 'settled', rule: 'not-evaluated', reason: 'Not evaluated yet. The collectors evaluate every flow within seconds of starting.',
        since: now.toISOString(), evaluatedAt: now.toISOString(),
      },
      figures: NO_FIGURES,
    };
  }
  const figures = flowFiguresSchema.safeParse(row.figures).data ?? NO_FIGURES;
  const ageMs = now.getTime() - row.evaluatedAt.getTime();
  if (ageMs > EVALUATION_VALID_MS) {
    const last = asStatus(row.status);
    return {
      health: {
        status: 'unknown', phase: 'settled', rule: 'stale-evaluation',
        reason: `Not evaluated for ${Math.round(ageMs / 1000)} s, it was ${last} before. Check that the collectors are running.`,
        since: new Date(row.evaluatedAt.getTime() + EVALUATION_VALID_MS).toISOString(), evaluatedAt: row.evaluatedAt.toISOString(),
      },
      figures,
    };
  }
  return {
    health: {
      status: asStatus(row.status), phase: row.phase as Phase, rule: row.rule, reason: row.reason,
      since: row.since.toISOString(), evaluatedAt: row.evaluatedAt.toISOString(),
    },
    figures,
  };
}

export function asStatus(value: string): Status {
  return (STATUSES as readonly string[]).includes(value) ? (value as Status) : 'unknown';
}
