import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import type { schema } from '@/server/store/postgres';

export function toAuditEventView(row: typeof schema.auditEvents.$inferSelect): AuditEventView {
  return {
    ...row,
    seq: row.seq.toString(), at: row.at.toISOString(), outcome: row.outcome === 'done' ? 'done' : 'refused',
    grants: row.grants as AuditEventView['grants'], before: row.before as AuditEventView['before'], after: row.after as AuditEventView['after'],
  };
}
