import { auditFilterFields, auditSeq } from '@/server/domain/audit/audit-filter';
import { listAudit } from '@/server/services/audit/list-audit';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import { auditPageSchema, auditVerificationSchema } from '../schemas/audit';
import { pageQuery } from './page-query';
import { route, type Route } from './route';

/** The audit trail: reading only; whatever changes something writes it. */
export const AUDIT_ROUTES: readonly Route[] = [
  route('audit:read', {
    method: 'GET', path: '/audit', operationId: 'listAuditEvents', summary: 'Events of the audit trail, newest first',
    params: {}, query: { ...auditFilterFields, limit: pageQuery.limit, cursor: auditSeq.optional().describe('nextCursor of the page before') },
    answer: { name: 'AuditPage', schema: auditPageSchema },
    run: (context, input) => listAudit(context, input),
  }),
  route('audit:read', {
    method: 'GET', path: '/audit/verification', operationId: 'verifyAudit', summary: 'Walks the whole chain of the audit trail; takes seconds per hundred thousand events',
    params: {}, query: {}, answer: { name: 'AuditVerification', schema: auditVerificationSchema },
    run: (context) => verifyAudit(context),
  }),
];
