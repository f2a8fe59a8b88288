/** The rows that a reroute leads elsewhere, and what it remembers of them. */
import { z } from 'zod';
import { channelPartition } from '@/server/domain/contracts/channel';
import { isEnrolled, type Enrolled } from '@/server/domain/operations/enrolment';
import type { OpenState } from '../dialect';
import type { LeverRow, LeverSession } from '../lever-dialect';
import type { LeverTable } from './lever-table';
import { overGate } from './reroute-over-gate';
import { batchRecord } from './settle-sending';

/** Restore has to know each row that was moved. */
export const MOST_ROWS = 10_000;
/** Whose a row is, is read by the contract's rules, row by row: so many of the oldest are looked through. */
export const MOST_LOOKED_THROUGH = 50_000;

const whose = z.object({ payer: z.string().optional(), facility: z.string().optional() });
export const rerouteAction = z.object({
  lever: z.literal('destination'), column: z.string(), value: z.string(), only: whose.nullable(), enrolled: z.array(whose).nullable().default(null),
  over: overGate.nullable().default(null), perSecond: z.number().int().nullable().default(null),
});
export type RerouteAction = z.infer<typeof rerouteAction>;

/** What a reroute remembers: the batch in the air, and of all rows that it moved the former destination. */
export const rerouteRecord = batchRecord.extend({ chosen: z.literal(true), from: z.record(z.string(), z.string()) }).partial({ transaction: true, versions: true });
export type RerouteRecord = z.infer<typeof rerouteRecord>;

/** Rows that wait and go, oldest first. */
export interface ChosenRows {
  rows: LeverRow[];
  /** False: more wait than are looked through. */
  isAll: boolean;
}

export async function chooseWaiting(session: LeverSession, table: LeverTable, { only, enrolled, column, value }: Pick<RerouteAction, 'column' | 'value'> & { only: Enrolled | null; enrolled: readonly Enrolled[] | null }): Promise<ChosenRows> {
  const most = only === null && enrolled === null ? MOST_ROWS : MOST_LOOKED_THROUGH;
  const found = await session.inSnapshot(table.question, (snapshot) => snapshot.rowsIn('pending' satisfies OpenState, null, [...new Set([...table.columns, column])], most + 1));
  const rows = found.filter((row) => {
    if ((row.columns[column] ?? '').trim() === value) return false;
    if (only === null && enrolled === null) return true;
    const { payerId, facilityId } = table.mapped(row, null);
    return (only?.payer === undefined || payerId === only.payer) && (only?.facility === undefined || facilityId === only.facility)
      && isEnrolled(enrolled, { payer: payerId, facility: facilityId });
  });
  return { rows, isAll: found.length <= most };
}

/** The same table, seen from where the rows are now. */
export function elsewhere(table: LeverTable, column: string, value: string): LeverTable {
  const where = { ...table.channel.where, [column]: [value] };
  const share = channelPartition({ ...table.channel, where });
  return { ...table, share, columns: [...new Set([...table.columns, column])], question: { ...table.question, shares: [{ partition: share, where }] } };
}

export function itemOf(table: LeverTable, row: LeverRow): { itemKey: string; messageId: string; mapped: ReturnType<LeverTable['mapped']> } {
  const mapped = table.mapped(row, null);
  return { itemKey: table.itemKeyOf(row.key), messageId: mapped.messageId, mapped };
}
