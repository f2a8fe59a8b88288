import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import type { Json } from '@/server/domain/canonical-json';

/** What a row says of an event besides who did what: its reason, else which version took the place of which. */
export function eventNote({ reason, before, after }: Pick<AuditEventView, 'reason' | 'before' | 'after'>): string | null {
  if (reason !== null) return reason;
  const [was, is] = [versionOf(before), versionOf(after)];
  if (was === null && is === null) return null;
  if (was === null) return `version ${is}`;
  return is === null ? `version ${was} before` : `version ${was} to ${is}`;
}

function versionOf(value: Json): string | null {
  if (typeof value !== 'object' || value === null || !('version' in value)) return null;
  return typeof value.version === 'string' ? value.version : null;
}
