/** Audit events as files for people: CSV for spreadsheets, JSON for programs. */
import type { AuditEventView } from './audit-event-view';

export const AUDIT_EXPORT_FORMATS = ['csv', 'json'] as const;
export type AuditExportFormat = (typeof AUDIT_EXPORT_FORMATS)[number];

const COLUMNS = ['seq', 'id', 'at', 'actor', 'actorUser', 'grants', 'action', 'subject', 'flowId', 'outcome', 'reason', 'ticket', 'planHash', 'before', 'after', 'previousHash', 'hash'] as const satisfies readonly (keyof AuditEventView)[];

/**
 * CSV after RFC 4180, a heading first. A cell that a spreadsheet would take for a formula begins with an apostrophe, also
 * behind white space: names and reasons are written by anybody.
 */
export function auditCsv(events: readonly AuditEventView[]): string {
  const rows = events.map((event) => COLUMNS.map((column) => cell(event[column])));
  return [COLUMNS.map(cell), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** With what was asked, so that the file says what it is. */
export function auditJson(told: { filter: Readonly<Record<string, unknown>>; exportedAt: string; exportedBy: string }, events: readonly AuditEventView[]): string {
  return `${JSON.stringify({ ...told, events }, null, 2)}\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^\s*[=+\-@|\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
