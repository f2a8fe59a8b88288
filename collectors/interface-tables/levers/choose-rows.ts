/** The rows that a canary lets through, or a reroute leads elsewhere. */
import type { CanarySelection } from '@/server/domain/operations/request';
import type { OpenState } from '../dialect';
import type { LeverRow, LeverSession } from '../lever-dialect';
import type { LeverTable } from './lever-table';

/** Payer and facility are read by the contract's rules, row by row: so many of the oldest rows are looked through. */
export const MOST_LOOKED_THROUGH = 20_000;

/** Oldest first. @throws SourceProblem */
export async function chooseRows(session: LeverSession, table: LeverTable, state: OpenState, which: CanarySelection): Promise<LeverRow[]> {
  const { question, columns } = table;
  if (which.by === 'count') return session.inSnapshot(question, (snapshot) => snapshot.rowsIn(state, null, columns, which.count));
  const rows = await session.inSnapshot(question, (snapshot) => snapshot.rowsIn(state, null, columns, MOST_LOOKED_THROUGH));
  return rows.filter((row) => {
    const { payerId, facilityId } = table.mapped(row, null);
    return which.by === 'payer' ? payerId === which.payer : facilityId === which.facility;
  }).slice(0, which.atMost);
}

export function selectionWords(which: CanarySelection): string {
  switch (which.by) {
    case 'count': return which.count === 1 ? 'the oldest row' : `the ${which.count} oldest rows`;
    case 'payer': return `at most ${which.atMost} rows of payer ${which.payer}, oldest first`;
    case 'facility': return `at most ${which.atMost} rows of facility ${which.facility}, oldest first`;
  }
}
