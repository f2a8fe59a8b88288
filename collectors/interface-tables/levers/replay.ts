/** Replay: rows in error wait again. The transition happens exactly once; its effect is as idempotent as the receiver. */
import { requireSelector } from '@/server/domain/contracts/selector';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { LeverRequest, LeverResult, LeverRun, LeverTarget } from '../../runtime/operations/levers';
import type { LeverRow, LeverSession } from '../lever-dialect';
import { errorCodeOf } from '../tap/error-text';
import { rowsOf, type LeverTable } from './lever-table';
import { moveItems } from './move-items';
import { blankPlan, countRows, countWords, rightLocks, takerOf } from './plan-parts';
import type { GateWork } from './row-gate';

export type Replay = Extract<LeverRequest, { kind: 'replay' }>;

const MOST_PER_SECOND = 1_000;
const CHANGED = { note: 'The row is not in error any more, or has changed since it was read.', instead: 'Look at the row: somebody or the application itself has worked on it.' };

export async function planReplay<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>, { items, perSecond }: Replay): Promise<ConnectorPlan> {
  const { question, name, channel } = table;
  const user = source.levers?.user ?? '';
  const columns = [question.statusColumn, ...(channel.attempts === undefined ? [] : [channel.attempts])];
  const locks = question.statuses.error === undefined
    ? [{ code: 'no-error-status', sentence: `The contract names no status for rows of ${name} in error, so none can be set to pending again. Add channel.status.error.` }]
    : await rightLocks(session, dialect, table, user, columns);
  const count = await countRows(session, question);
  const present = question.statuses.error === undefined ? new Map<string, LeverRow>() : await session.inSnapshot(question, (snapshot) => rowsOf(snapshot, table, 'error', items.map(({ itemKey }) => itemKey)));
  const gone = items.length - present.size;
  return {
    ...blankPlan({ key: [...question.key], status: question.statusColumn }, { lever: 'replay', share: table.share }),
    steps: [
      `Set ${countWords(items.length)} of ${name} from ${channel.status?.error ?? 'error'} to ${question.statuses.pending}, at most 200 in one transaction${channel.attempts === undefined ? '' : `, and count ${channel.attempts} up by one`}.`,
      'Before each row, ask the contract’s preconditions again and look whether it has changed.',
    ],
    locks,
    receivers: [takerOf(target, table)],
    guarantee: {
      delivery: 'exactly-once',
      order: 'Rows are set to pending in the order of the plan; the application takes them in its own order.',
      survivesRestart: 'Yes: whether a batch was committed is asked of the database itself.',
      inFlight: 'The transition from error to pending happens exactly once per row. What the application then sends is as idempotent as its receiver: a request that had arrived before it failed arrives twice.',
    },
    willNot: ['It does not touch a row that is not in error any more, or that has changed since it was read.', 'It does not change what the row says.'],
    warnings: [
      ...(gone > 0 ? [`${countWords(gone)} of these ${gone === 1 ? 'is' : 'are'} not in error any more and will be skipped.`] : []),
      ...(channel.attempts === undefined ? ['The contract names no attempt counter, so the rows do not show that they were replayed.'] : []),
    ],
    waiting: count('pending').toString(),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, user) },
      { what: 'Count the rows by status', command: dialect.native.countByStatus(question) },
    ],
    undo: 'A row that nobody has taken yet can be set back to error by hand. What the application has taken cannot be undone.',
    estimatedSeconds: Math.ceil(items.length / (perSecond ?? MOST_PER_SECOND)) + 1,
  };
}

export async function executeReplay(target: LeverTarget, table: LeverTable, session: LeverSession, { perSecond }: Replay, run: LeverRun): Promise<LeverResult> {
  const { channel, question, name } = table;
  const { updatable } = await session.rights(question, question.updatedAt === null ? [] : [question.updatedAt]);
  const { moved, complete } = await moveItems(table, session, {
    from: 'error',
    move: { to: 'pending', attempts: channel.attempts, touched: updatable[0] },
    perSecond,
    changed: CHANGED,
    mayAct: (item, row) => run.mayAct(item, (field) => table.fieldOf(row, field)),
    reasonOf: (row) => reasonOf(target, row),
    keep: (_, record) => run.remember(record),
  }, run);
  return {
    sentence: complete ? `${countWords(moved)} of ${name} wait again; the journal says what became of each.` : `Stopped after ${countWords(moved)} of ${name}; the others are still in error.`,
    moved: null, possibleDuplicates: 0, complete,
  };
}

/** The source's own word for why the row failed. */
function reasonOf({ flow }: LeverTarget, { columns }: LeverRow): string {
  for (const text of flow.spec.fields['reason']?.from ?? []) {
    const selector = requireSelector(text);
    const code = selector.kind === 'column' ? errorCodeOf(columns[selector.name] ?? null) : '';
    if (code !== '') return code;
  }
  return '';
}
