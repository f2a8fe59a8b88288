import type { ServiceContext } from '../service-context';
import { authorize } from '../service-context';
import { readSinkStates } from './sink-states';

/** How far the chain's head is known outside of this database. Numbers of events are text (64 bit). */
export interface AuditAnchors {
  /** Newest event; null when there is none. */
  head: { seq: string; at: string } | null;
  sinks: {
    /** Where to, e.g. `file:/var/lib/signalbox/audit/anchors.jsonl` or the address without what could be secret. */
    sink: string;
    /** What was written last; null when nothing ever was. */
    written: { seq: string; at: string } | null;
    /** Why the last attempt failed, and since when; null while it works. */
    error: { sentence: string; at: string } | null;
  }[];
}

/** @throws Refusal not-found without the permission */
export async function readAnchors(context: Pick<ServiceContext, 'db' | 'actor'>): Promise<AuditAnchors> {
  authorize(context, 'audit:read', 'The audit trail');
  const head = await context.db.query.auditEvents.findFirst({ columns: { seq: true, at: true }, orderBy: (row, { desc }) => [desc(row.seq)] });
  const sinks = await readSinkStates(context.db);
  return {
    head: head ? { seq: head.seq.toString(), at: head.at.toISOString() } : null,
    sinks: sinks.map(({ sink, written, failed }) => ({
      sink,
      written: written && { seq: written.seq.toString(), at: written.at.toISOString() },
      error: failed && { sentence: failed.error, at: failed.at.toISOString() },
    })),
  };
}
