/** Parts that plans of this connector share. */
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { LeverTarget } from '../../runtime/operations/levers';
import type { OpenCount, OpenState, TableQuestion } from '../dialect';
import type { LeverDialect, LeverSession } from '../lever-dialect';
import type { LeverTable } from './lever-table';

/** A plan that says nothing yet. */
export function blankPlan(topology: ConnectorPlan['topology'], action: ConnectorPlan['action']): ConnectorPlan {
  return {
    steps: [], receivers: [], willNot: [], warnings: [], locks: [], limits: [], nativeCommands: [],
    guarantee: { delivery: 'not-applicable', order: '', survivesRestart: '', inFlight: '' },
    waiting: null, unsettled: null, canary: null, undo: '', estimatedSeconds: null, topology, action,
  };
}

export function lockedPlan(lock: PlanLock): ConnectorPlan {
  return { ...blankPlan(null, null), locks: [lock] };
}

/** Rows of the share by state, exact in one snapshot. */
export async function countRows(session: LeverSession, question: TableQuestion): Promise<(state: OpenState) => bigint> {
  return rowsBy(await session.inSnapshot(question, (snapshot) => snapshot.countOpen()));
}

export function rowsBy(counts: readonly OpenCount[]): (state: OpenState) => bigint {
  return (state) => counts.find((count) => count.state === state)?.rows ?? 0n;
}

/** Rights that an act needs and the user lacks, with the statement that grants them; and whether rows can be told apart. */
export async function rightLocks<S>(session: LeverSession, dialect: LeverDialect<S>, { question, name }: LeverTable, user: string, columns: readonly string[]): Promise<PlanLock[]> {
  const { updatable, keyIsUnique, isReplica } = await session.rights(question, columns);
  if (isReplica) return [{ code: 'replica', sentence: `The source is a replica, where nothing can be changed. Connect the source to the primary server.` }];
  const lacking = columns.filter((column) => !updatable.includes(column));
  return [
    ...(lacking.length === 0 ? [] : [{ code: 'missing-grant', sentence: `The levers user ${user} may not change ${lacking.join(', ')} of ${name}. Let the database administrator run: ${dialect.grantUpdate(question, lacking, user)};` }]),
    ...(keyIsUnique ? [] : [{ code: 'key-not-unique', sentence: `No unique index of ${name} is on ${question.key.join(', ')}, so one key may name several rows. Create one, or name a unique column as channel.key.` }]),
  ];
}

/** Who gets the rows. */
export function takerOf({ hop }: LeverTarget, { name }: LeverTable): string {
  return hop.takenBy === undefined ? `the application that takes rows from ${name}` : `${hop.takenBy}, which takes rows from ${name}`;
}

export function countWords(count: bigint | number, one = 'row', many = 'rows'): string {
  return `${count} ${count === 1 || count === 1n ? one : many}`;
}
