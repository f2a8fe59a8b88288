/** What to look for in the audit trail: shared by pages, API and command line. */
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T08:00:00Z' });
const words = z.string().trim().min(1, { error: 'must not be empty' }).max(200, { error: 'is longer than 200 characters' });

export const AUDIT_OUTCOMES = ['done', 'refused'] as const;

/** Everything may be left out. */
export const auditFilterFields = {
  from: instant.optional().describe('At or after'),
  until: instant.optional().describe('Before'),
  actor: words.optional().describe('Part of who did it, e.g. ada@hospital.example or token:'),
  action: z.string().regex(/^[a-z-]+(\.[a-z-]+)?$/, { error: 'must be an action such as source.update, or its area: source' }).optional().describe('An action, or its area: source stands for source.create, source.update …'),
  subject: words.optional().describe('Part of what it was done to, e.g. source:rabbit-main'),
  flow: words.optional().describe('Id of the flow'),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
};

export const auditFilter = z.strictObject(auditFilterFields);
export type AuditFilter = z.infer<typeof auditFilter>;

/** Number of an event. */
export const auditSeq = z.string().regex(/^[1-9]\d{0,18}$/, { error: 'must be the number of an event' });
export const AUDIT_PAGE_SIZE = { default: 100, most: 500 } as const;
