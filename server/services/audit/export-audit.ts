import { desc } from 'drizzle-orm';
import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import { auditCsv, auditJson, type AuditExportFormat } from '@/server/domain/audit/audit-export';
import type { AuditFilter } from '@/server/domain/audit/audit-filter';
import { exactJson } from '@/server/domain/audit/exact-json';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { auditCondition } from './audit-condition';
import { toAuditEventView } from './audit-event-view';
import { audited } from './audited';

/** In one file; more is asked for in several windows of time. */
const MOST_EVENTS = 10_000;

export interface AuditExport {
  /** For the file, e.g. `signalbox-audit-2026-01-31T08-00-00Z.csv`. */
  name: string;
  text: string;
  events: number;
}

/**
 * All events that meet the filter as a file, newest first. That somebody took them along is an event itself.
 *
 * @throws Refusal not-found without the permission; invalid when there are more than 10,000, so that no file is cut short
 * in silence
 */
export async function exportAudit(context: Pick<ServiceContext, 'db' | 'actor' | 'now'>, { format, filter }: { format: AuditExportFormat; filter: AuditFilter }): Promise<AuditExport> {
  return audited(context, { action: 'audit.export', subject: 'audit' }, async (tx, record) => {
    authorize(context, 'audit:read', 'The audit trail');
    const { auditEvents } = schema;
    const rows = await tx.select().from(auditEvents).where(auditCondition(filter)).orderBy(desc(auditEvents.seq)).limit(MOST_EVENTS + 1);
    if (rows.length > MOST_EVENTS) {
      throw new Refusal('invalid', `More than ${MOST_EVENTS.toLocaleString('en')} events meet this filter. Export them in several windows of time.`);
    }
    const events = rows.map(toAuditEventView);
    record({ after: exactJson({ format, filter, events: events.length }) });
    const at = context.now().toISOString();
    return { name: `signalbox-audit-${at.slice(0, 19).replaceAll(':', '-')}Z.${format}`, text: written(format, filter, { at, by: actorLabel(context.actor) }, events), events: events.length };
  });
}

function written(format: AuditExportFormat, filter: AuditFilter, { at, by }: { at: string; by: string }, events: readonly AuditEventView[]): string {
  return format === 'csv' ? auditCsv(events) : auditJson({ filter, exportedAt: at, exportedBy: by }, events);
}
