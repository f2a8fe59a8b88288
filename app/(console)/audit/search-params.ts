import { parseAsString, parseAsStringLiteral, throttle } from 'nuqs';
import { AUDIT_OUTCOMES, type AuditFilter } from '@/server/domain/audit/audit-filter';

const typed = parseAsString.withOptions({ limitUrlUpdates: throttle(300) });

/** What of the audit trail is shown, as it stands in the address. Instants are absolute. */
export const auditParams = {
  from: parseAsString,
  until: parseAsString,
  actor: typed,
  action: typed,
  subject: typed,
  outcome: parseAsStringLiteral(AUDIT_OUTCOMES),
};

export type AuditParams = { [K in keyof typeof auditParams]: (K extends 'outcome' ? AuditFilter['outcome'] : string) | null };

/** What the server is asked; fields that are empty are not part of it. */
export function toFilter({ from, until, actor, action, subject, outcome }: AuditParams): AuditFilter {
  return {
    ...(from ? { from } : {}), ...(until ? { until } : {}), ...(actor?.trim() ? { actor: actor.trim() } : {}),
    ...(action?.trim() ? { action: action.trim().toLowerCase() } : {}), ...(subject?.trim() ? { subject: subject.trim() } : {}), ...(outcome ? { outcome } : {}),
  };
}
