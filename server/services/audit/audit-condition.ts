import { and, eq, gte, ilike, like, lt, or, type SQL } from 'drizzle-orm';
import type { AuditFilter } from '@/server/domain/audit/audit-filter';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';

/** @returns what events must meet; undefined for all of them @throws Refusal invalid when the window ends before it begins */
export function auditCondition({ from, until, actor, action, subject, flow, outcome }: AuditFilter): SQL | undefined {
  if (from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until)) {
    throw new Refusal('invalid', `The window ends (${until}) before it begins (${from}). Exchange from and until.`);
  }
  const { auditEvents: row } = schema;
  return and(
    from === undefined ? undefined : gte(row.at, new Date(from)),
    until === undefined ? undefined : lt(row.at, new Date(until)),
    actor === undefined ? undefined : ilike(row.actor, containing(actor)),
    action === undefined ? undefined : action.includes('.') ? eq(row.action, action) : or(eq(row.action, action), like(row.action, `${literal(action)}.%`)),
    subject === undefined ? undefined : ilike(row.subject, containing(subject)),
    flow === undefined ? undefined : eq(row.flowId, flow),
    outcome === undefined ? undefined : eq(row.outcome, outcome),
  );
}

const containing = (text: string) => `%${literal(text)}%`;
/** What is a wildcard for LIKE is a letter to people. */
const literal = (text: string) => text.replace(/[\\%_]/g, String.raw`\$&`);
