import { and, asc, eq, or, like } from 'drizzle-orm';
import { z } from 'zod';
import { accessAt, type AccessHolder, type KnownHolder } from '@/server/domain/audit/access-report';
import { schema, type Database } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';

export const accessReportInput = z.strictObject({ at: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T08:00:00Z' }) });

export interface AccessReport {
  at: string;
  holders: (Omit<AccessHolder, 'since'> & { since: string })[];
  /** Time of the first event; null while nothing has been recorded. */
  trailBegan: string | null;
}

/**
 * Which users and tokens could get in at an instant, with their roles and scopes of then.
 *
 * @throws Refusal not-found without the permission
 */
export async function readAccessReport(context: Pick<ServiceContext, 'db' | 'actor'>, input: z.input<typeof accessReportInput>): Promise<AccessReport> {
  authorize(context, 'audit:read', 'The audit trail');
  const { at } = accessReportInput.parse(input);
  const { auditEvents: row } = schema;
  const [events, known, first] = await Promise.all([
    context.db.select({ at: row.at, action: row.action, before: row.before, after: row.after }).from(row)
      .where(and(eq(row.outcome, 'done'), or(like(row.action, 'user.%'), like(row.action, 'token.%')))).orderBy(asc(row.seq)),
    readKnownHolders(context.db),
    context.db.query.auditEvents.findFirst({ columns: { at: true }, orderBy: (event) => [asc(event.seq)] }),
  ]);
  const holders = accessAt(new Date(at), events, known).map((holder) => ({ ...holder, since: holder.since.toISOString() }));
  return { at: new Date(at).toISOString(), holders, trailBegan: first?.at.toISOString() ?? null };
}

async function readKnownHolders(db: Database): Promise<KnownHolder[]> {
  const [users, grants, tokens] = await Promise.all([db.query.users.findMany(), db.query.roleGrants.findMany(), db.query.tokens.findMany()]);
  return [
    ...users.map(({ id, email, name, createdAt, disabledAt }): KnownHolder => ({
      kind: 'user', id, label: email, name, createdAt, endedAt: disabledAt,
      grants: grants.filter(({ userId }) => userId === id).map(({ role, facilities, payers }) => ({ role, facilities, payers })),
    })),
    ...tokens.map(({ id, name, kind, role, facilities, payers, createdAt, revokedAt, expiresAt }): KnownHolder => ({
      kind: 'token', id, label: name, name: `${kind} token`, createdAt, endedAt: earlier(revokedAt, expiresAt), grants: [{ role, facilities, payers }],
    })),
  ];
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
