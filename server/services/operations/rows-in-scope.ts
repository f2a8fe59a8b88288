import { and, inArray, or, sql, type AnyColumn, type SQL } from 'drizzle-orm';
import type { Scope } from '@/server/domain/roles/scope';

/** Condition over a table with facility and payer that keeps what lies in at least one of the scopes. */
export function rowsInScope({ facilityId, payerId }: { facilityId: AnyColumn; payerId: AnyColumn }, scopes: readonly Scope[]): SQL | undefined {
  const within = (column: AnyColumn, allowed: readonly string[] | null) => (allowed === null ? sql`true` : allowed.length === 0 ? sql`false` : inArray(column, [...allowed]));
  return or(...scopes.map(({ facilities, payers }) => and(within(facilityId, facilities), within(payerId, payers))));
}
