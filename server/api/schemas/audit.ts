import { z } from 'zod';
import type { AuditEventView, AuditPage, AuditVerification } from '@/server/domain/audit/audit-event-view';
import { AUDIT_OUTCOMES } from '@/server/domain/audit/audit-filter';

const instant = z.iso.datetime();
const text = z.string().nullable();
const told = z.json().describe('What was before or after; no payload, no secret');

const auditEventSchema = z.object({
  seq: z.string().describe('Number in the chain'), id: z.string(), at: instant, actor: z.string().describe('E.g. user:ada@hospital.example, token:reporting, system:contract-loader'), actorUser: text,
  grants: z.array(z.object({ role: z.string(), scope: z.object({ facilities: z.array(z.string()).nullable(), payers: z.array(z.string()).nullable() }) })).describe('Roles of that moment'),
  action: z.string(), subject: z.string(), flowId: text, outcome: z.enum(AUDIT_OUTCOMES), reason: text.describe("The actor's for the act, or ours for a refusal"), ticket: text, planHash: text,
  before: told, after: told, previousHash: z.string(), hash: z.string().describe('SHA-256 over the canonical JSON of everything else'),
}) satisfies z.ZodType<AuditEventView>;

export const auditPageSchema = z.object({
  items: z.array(auditEventSchema), nextCursor: text.describe('Pass as cursor to go on; null on the last page'), asOf: instant,
}).describe('Events of the audit trail, newest first') satisfies z.ZodType<AuditPage>;

export const auditVerificationSchema = z.object({
  state: z.enum(['intact', 'broken']), sentence: z.string(), events: z.string().describe('How many hold, from the first on'),
  through: z.object({ seq: z.string(), at: instant, hash: z.string() }).nullable(),
  firstBreak: z.object({ seq: z.string(), kind: z.string(), sentence: z.string() }).nullable(),
  anchors: z.string().describe('How many anchors were compared'), verifiedAt: instant,
}).describe('What a walk over the whole chain found') satisfies z.ZodType<AuditVerification>;
