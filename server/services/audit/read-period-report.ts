import { and, asc, gte, like, lt } from 'drizzle-orm';
import { z } from 'zod';
import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import { operationActs, type OperationActs } from '@/server/domain/audit/operation-acts';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { toAuditEventView } from './audit-event-view';

const instant = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T08:00:00Z' });
export const periodReportInput = z.strictObject({ from: instant, until: instant });

/** Of each kind, in one report; a longer period is read in several. */
const MOST_EVENTS = 5_000;

export interface PeriodReport {
  from: string;
  until: string;
  operations: OperationActs[];
  /** Contracts that were activated, removed, came into force or went out of it; newest first. */
  contracts: AuditEventView[];
}

/**
 * What an auditor asks of a period: operations with their approvers, and changes of contracts.
 *
 * @throws Refusal not-found without the permission; invalid when the period ends before it begins, or holds too many events
 */
export async function readPeriodReport(context: Pick<ServiceContext, 'db' | 'actor'>, input: z.input<typeof periodReportInput>): Promise<PeriodReport> {
  authorize(context, 'audit:read', 'The audit trail');
  const { from, until } = periodReportInput.parse(input);
  if (Date.parse(from) >= Date.parse(until)) throw new Refusal('invalid', `The period ends (${until}) before it begins (${from}). Exchange from and until.`);
  const { auditEvents: row } = schema;
  const ofArea = async (area: string): Promise<AuditEventView[]> => {
    const rows = await context.db.select().from(row).where(and(gte(row.at, new Date(from)), lt(row.at, new Date(until)), like(row.action, `${area}.%`))).orderBy(asc(row.seq)).limit(MOST_EVENTS + 1);
    if (rows.length > MOST_EVENTS) throw new Refusal('invalid', `The period holds more than ${MOST_EVENTS.toLocaleString('en')} events about ${area}s. Choose a shorter one.`);
    return rows.map(toAuditEventView);
  };
  const [operations, contracts] = await Promise.all([ofArea('operation'), ofArea('contract')]);
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString(), operations: operationActs(operations), contracts: contracts.toReversed() };
}
