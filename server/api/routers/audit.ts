import { z } from 'zod';
import { procedureFor, router } from '@/server/api/trpc';
import { AUDIT_EXPORT_FORMATS } from '@/server/domain/audit/audit-export';
import { AUDIT_PAGE_SIZE, auditFilter, auditFilterFields, auditSeq } from '@/server/domain/audit/audit-filter';
import { exportAudit } from '@/server/services/audit/export-audit';
import { listAudit } from '@/server/services/audit/list-audit';
import { accessReportInput, readAccessReport } from '@/server/services/audit/read-access-report';
import { readAnchors } from '@/server/services/audit/read-anchors';
import { periodReportInput, readPeriodReport } from '@/server/services/audit/read-period-report';
import { verifyAudit } from '@/server/services/audit/verify-audit';

const limit = z.number().int().min(1).max(AUDIT_PAGE_SIZE.most).default(AUDIT_PAGE_SIZE.default);

export const auditRouter = router({
  /** Not strict: pages that are asked for one after the other carry a direction. */
  list: procedureFor('audit:read').input(z.object({ ...auditFilterFields, limit, cursor: auditSeq.optional() })).query(({ ctx, input }) => listAudit(ctx, input)),
  /** Walks the whole chain: asked for by a button, never by a page that opens. */
  verify: procedureFor('audit:read').query(({ ctx }) => verifyAudit(ctx)),
  anchors: procedureFor('audit:read').query(({ ctx }) => readAnchors(ctx)),
  /** A mutation, because that somebody took events along is recorded. */
  export: procedureFor('audit:read').input(z.strictObject({ format: z.enum(AUDIT_EXPORT_FORMATS), filter: auditFilter })).mutation(({ ctx, input }) => exportAudit(ctx, input)),
  reports: router({
    access: procedureFor('audit:read').input(accessReportInput).query(({ ctx, input }) => readAccessReport(ctx, input)),
    period: procedureFor('audit:read').input(periodReportInput).query(({ ctx, input }) => readPeriodReport(ctx, input)),
  }),
});
