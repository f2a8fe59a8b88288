/** Decisions in force about what alternates received, as they are stored. */
import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { ReceivedDecision, ReceivedStanding } from '@/server/domain/operations/received-decision';
import type { Scope } from '@/server/domain/roles/scope';
import type { ReceivedRow } from '@/server/queries/received-messages';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../../contracts/console-state';
import { rowsInScope } from '../rows-in-scope';
import type { ReceivedFilter } from './rerouted';

const { receivedDecisions: table } = schema;
export type DecisionRow = typeof table.$inferSelect;

/** Which decisions are meant. */
export interface DecisionsAsked {
  holdId: string;
  /** Null: everything. */
  scopes: readonly Scope[] | null;
  filter?: ReceivedFilter;
  standing?: Exclude<ReceivedStanding, 'undecided'> | undefined;
}

/** @returns in the order of the list, newest message first @param after position of the last one that was seen */
export function decisionsOf(db: Database | Transaction, asked: DecisionsAsked, { limit, after }: { limit: number; after?: readonly [seenMs: number, copyKey: string] }): Promise<DecisionRow[]> {
  const position = after === undefined ? undefined : or(lt(table.seenAt, new Date(after[0])), and(eq(table.seenAt, new Date(after[0])), gt(table.copyKey, after[1])));
  return db.select().from(table).where(and(inForce(asked), position)).orderBy(desc(table.seenAt), asc(table.copyKey)).limit(limit);
}

/** By the key of the message. */
export async function decisionsByKey(db: Database | Transaction, holdId: string, copyKeys: readonly string[]): Promise<Map<string, DecisionRow>> {
  if (copyKeys.length === 0) return new Map();
  const rows = await db.select().from(table).where(and(eq(table.holdId, holdId), isNull(table.supersededAt), sql`${table.copyKey} = any(${sql.param([...copyKeys])}::text[])`));
  return new Map(rows.map((row) => [row.copyKey, row]));
}

/** How many there are, by the UTC day on which the message was seen. */
export function countDecisionsByDay(db: Database | Transaction, asked: DecisionsAsked): Promise<{ day: string; decision: ReceivedDecision; messages: number }[]> {
  const day = sql<string>`to_char(${table.seenAt} at time zone 'UTC', 'YYYY-MM-DD')`;
  return db.select({ day, decision: sql<ReceivedDecision>`${table.decision}`, messages: sql<number>`count(*)::int` }).from(table).where(inForce(asked)).groupBy(day, table.decision);
}

/** The message of a decision as the tap saw it. */
export function messageOf({ copyKey, messageId, caseLabel, payerId, facilityId, amount, currency, seenAt }: DecisionRow): ReceivedRow {
  return { copyKey, messageId, caseLabel, payerId, facilityId, amount: amount === '' ? null : amount, currency, seenMs: seenAt.getTime() };
}

function inForce({ holdId, scopes, filter: { payer, facility, seenFrom, seenUntil } = {}, standing }: DecisionsAsked): SQL | undefined {
  return and(
    eq(table.holdId, holdId), isNull(table.supersededAt), scopes === null ? undefined : rowsInScope(table, scopes),
    payer === undefined ? undefined : eq(table.payerId, payer), facility === undefined ? undefined : eq(table.facilityId, facility),
    seenFrom === undefined ? undefined : gte(table.seenAt, new Date(seenFrom)), seenUntil === undefined ? undefined : lte(table.seenAt, new Date(seenUntil)),
    standing === undefined || standing === 'decided' ? undefined : inArray(table.decision, [standing]),
  );
}
