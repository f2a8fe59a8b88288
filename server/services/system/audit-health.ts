import { sql } from 'drizzle-orm';
import type { ComponentHealth } from '@/server/domain/health/flow-view';
import { readSinkStates, type SinkState } from '../audit/sink-states';
import type { ServiceContext } from '../service-context';

/** A failure is noted once an hour while it lasts: what is older is a sink that nobody uses any more. */
const FAILING_MS = 2 * 3_600_000;

/** The audit trail as a part of Signalbox: whether its head gets out of this database, and what protects its rows. */
export async function readAuditHealth({ db, now }: Pick<ServiceContext, 'db'> & { now(this: void): Date }): Promise<ComponentHealth> {
  const at = now();
  const [{ rows: [facts] }, sinks] = await Promise.all([
    db.execute<{ head: string; owns: boolean }>(sql`
      select (select coalesce(max(seq), 0) from audit_events)::text as head, has_table_privilege('audit_events', 'UPDATE, DELETE, TRUNCATE') as owns`),
    readSinkStates(db),
  ]);
  const failing = sinks.flatMap(({ failed }) => (failed && at.getTime() - failed.at.getTime() < FAILING_MS ? [failed.error] : []));
  const protection = facts?.owns ? 'protected by a trigger alone, because Signalbox connects as a role that may change it' : 'closed to changes by rights and by a trigger';
  return {
    component: 'audit', instance: 'audit', status: failing.length > 0 ? 'warning' : 'ok', reportedAt: at.toISOString(),
    summary: failing.length > 0 ? failing.join(' ') : `${facts?.head ?? '0'} events, ${protection}. ${anchored(sinks)}`,
    detail: { head: facts?.head ?? '0', roleMayChange: facts?.owns ?? null, sinks: sinks.map(({ sink, written, failed }) => ({ sink, seq: written?.seq.toString() ?? null, at: written?.at.toISOString() ?? null, error: failed?.error ?? null })) },
  };
}

function anchored(sinks: readonly SinkState[]): string {
  const newest = sinks.flatMap(({ sink, written }) => (written ? [{ sink, ...written }] : [])).toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  return newest ? `Head #${newest.seq} went to ${newest.sink} at ${newest.at.toISOString()}.` : 'Its head has not been written to any place outside of the database yet.';
}
