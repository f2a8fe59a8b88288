/** Which of the rows that are not finished are followed one by one, so that memory stays bounded. */
import { OPEN_STATES, type OpenCount, type OpenState, type TableQuestion } from '../dialect';

/** Beyond this many open rows only those in error are followed one by one, … */
export const MOST_OPEN = 250_000;
/** … and beyond this many in error none. Counts stay exact in any case. */
export const MOST_FAILED = 50_000;

/** Which rows are followed one by one; none where they cannot be told apart or are too many. */
export function followedStates({ key, statuses }: TableQuestion, counts: readonly OpenCount[]): OpenState[] {
  const states = openStates({ statuses });
  const inError = states.filter((state) => state === 'error');
  if (key.length === 0 || rowsIn(counts, inError) > BigInt(MOST_FAILED)) return [];
  return rowsIn(counts, states) > BigInt(MOST_OPEN) ? inError : states;
}

export function openStates({ statuses }: Pick<TableQuestion, 'statuses'>): OpenState[] {
  return OPEN_STATES.filter((state) => statuses[state] !== undefined);
}

export function rowsIn(counts: readonly OpenCount[], states: readonly OpenState[]): bigint {
  return counts.filter(({ state }) => states.includes(state)).reduce((sum, { rows }) => sum + rows, 0n);
}
