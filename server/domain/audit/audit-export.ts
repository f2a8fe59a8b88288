/** Audit events as files for people: CSV for spreadsheets, JSON for programs. */
import { csv } from '../csv';
import type { AuditEventView } from './audit-event-view';

export const AUDIT_EXPORT_FORMATS = ['csv', 'json'] as const;
export type AuditExportFormat = (typeof AUDIT_EXPORT_FORMATS)[number];

const COLUMNS = ['seq', 'id', 'at', 'actor', 'actorUser', 'grants', 'action', 'subject', 'flowId', 'outcome', 'reason', 'ticket', 'planHash', 'before', 'after', 'previousHash', 'hash'] as const satisfies readonly (keyof AuditEventView)[];

/** CSV with a heading first. */
export function auditCsv(events: readonly AuditEventView[]): string {
  return csv([COLUMNS, ...events.map((event) => COLUMNS.map((column) => event[column]))]);
}

/** With what was asked, so that the file says what it is. */
export function auditJson(told: { filter: Readonly<Record<string, unknown>>; exportedAt: string; exportedBy: string }, events: readonly AuditEventView[]): string {
  return `${JSON.stringify({ ...told, events }, null, 2)}\n`;
}
