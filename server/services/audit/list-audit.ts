import { and, desc, lt } from 'drizzle-orm';
import type { AuditPage } from '@/server/domain/audit/audit-event-view';
import type { AuditFilter } from '@/server/domain/audit/audit-filter';
import { schema } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';
import { auditCondition } from './audit-condition';
import { toAuditEventView } from './audit-event-view';

/**
 * Events of the audit trail, newest first, a page at a time. The cursor is the number of the last one seen, so that events
 * that are added meanwhile neither repeat nor hide one.
 *
 * @throws Refusal not-found without the permission, invalid
 */
export async function listAudit(context: Pick<ServiceContext, 'db' | 'actor' | 'now'>, { limit, cursor, ...filter }: AuditFilter & { limit: number; cursor?: string | undefined }): Promise<AuditPage> {
  authorize(context, 'audit:read', 'The audit trail');
  const { auditEvents } = schema;
  // Backwards along the primary key; a narrow window is found by audit_events_at.
  const rows = await context.db.select().from(auditEvents)
    .where(and(auditCondition(filter), cursor === undefined ? undefined : lt(auditEvents.seq, BigInt(cursor))))
    .orderBy(desc(auditEvents.seq)).limit(limit + 1);
  const items = rows.slice(0, limit).map(toAuditEventView);
  return { items, nextCursor: rows.length > limit ? items.at(-1)?.seq ?? null : null, asOf: context.now().toISOString() };
}
