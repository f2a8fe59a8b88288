/** Reroute: rows that wait are given the destination of the alternate. Rows that come later keep their own. */
import { z } from 'zod';
import { channelPartition, type TableChannel } from '@/server/domain/contracts/channel';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import { isEnrolled, type Enrolled } from '@/server/domain/operations/enrolment';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { HoldInPlace, HoldObservation, LeverRequest, LeverResult, LeverRun, LeverTarget } from '../../runtime/operations/levers';
import type { OpenState } from '../dialect';
import type { LeverRow, LeverSession } from '../lever-dialect';
import type { LeverTable } from './lever-table';
import { moveItems } from './move-items';
import { blankPlan, countRows, countWords, rightLocks, takerOf } from './plan-parts';
import { batchRecord, type BatchRecord } from './settle-sending';
import type { GateWork } from './row-gate';
import { stillOurs } from './sessions';

export type Reroute = Extract<LeverRequest, { kind: 'reroute' }>;

/** Restore has to know each row that was moved. */
const MOST_ROWS = 10_000;
const CHANGED = { note: 'The row does not wait any more, or has changed since it was read.', instead: 'Look where it went: the application may have taken it.' };

const whose = z.object({ payer: z.string().optional(), facility: z.string().optional() });
const action = z.object({ lever: z.literal('destination'), column: z.string(), value: z.string(), only: whose.nullable(), enrolled: z.array(whose).nullable().default(null) });
type Action = z.infer<typeof action>;
/** What a reroute remembers: the batch in the air, and of all rows that it moved the former destination. */
const recorded = batchRecord.extend({ chosen: z.literal(true), from: z.record(z.string(), z.string()) }).partial({ transaction: true, versions: true });
type Recorded = z.infer<typeof recorded>;

interface Destination {
  column: string;
  value: string;
  alternate: TableChannel;
}

/** Where the contract leads rows to instead. */
function destinationOf({ flow }: LeverTarget, { channel, name }: LeverTable, alternateId: string): Destination | PlanLock {
  const alternate = flow.spec.reroute?.alternates?.find(({ id }) => id === alternateId);
  const column = channel.destination;
  if (alternate === undefined) return { code: 'no-alternate', sentence: `The contract of ${flow.metadata.id} has no alternate ${alternateId}.` };
  if (column === undefined) return { code: 'no-destination-column', sentence: `The contract names no destination column of ${name}. Add channel.destination.` };
  const to = alternate.channel;
  if (to.kind !== 'table' || to.source !== channel.source || to.schema !== channel.schema || to.table !== channel.table) return { code: 'other-table', sentence: `Alternate ${alternateId} does not lie in ${name}: rows can only be given another destination in their own table.` };
  const [value, ...others] = to.where?.[column] ?? [];
  if (value === undefined || others.length > 0) return { code: 'no-destination', sentence: `Alternate ${alternateId} names no single value of ${column}. Add where: { ${column}: … } to its channel.` };
  return { column, value, alternate: to };
}

export async function planReroute<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>, request: Reroute): Promise<ConnectorPlan> {
  const { question, name } = table;
  const user = source.levers?.user ?? '';
  const destination = destinationOf(target, table, request.alternate);
  if ('code' in destination) return { ...blankPlan(null, null), locks: [destination] };
  const { column, value } = destination;
  const [rows, count, locks] = [await chooseWaiting(session, table, { only: request.only, enrolled: request.enrolled ?? null, column, value }), await countRows(session, question), await rightLocks(session, dialect, table, user, [column])];
  if (rows.length > MOST_ROWS) locks.push({ code: 'too-many-rows', sentence: `More than ${MOST_ROWS} rows of ${name} wait; so many cannot be kept in mind for the way back. Pause, or reroute one payer or facility.` });
  return {
    ...blankPlan({ key: [...question.key], column }, { lever: 'destination', column, value, only: request.only === null ? null : plainWhose(request.only), enrolled: request.enrolled?.map(plainWhose) ?? null }),
    steps: [`Set ${column} of ${countWords(rows.length)} of ${name} that ${rows.length === 1 ? 'waits' : 'wait'}${onlyWords(request.only)} to ${value}, at most 200 in one transaction.`],
    locks,
    receivers: [`Who takes rows of ${name} with ${column} ${value}`],
    guarantee: { delivery: 'exactly-once', order: 'Rows keep their keys and instants of creation.', survivesRestart: 'Yes: whether a batch was committed is asked of the database itself.', inFlight: 'Rows in process are not touched.' },
    willNot: ['It does not catch rows that come after it: they keep their destination, and the reroute is then shown as leaking. Pause as well, or reroute again.', 'It does not touch rows in process or in error.'],
    warnings: [],
    waiting: rows.length.toString(),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, user) },
      { what: 'Count what waits by destination', command: dialect.native.countByColumn(question, column) },
    ],
    undo: 'Restore gives rows that nobody has taken yet their former destination, and lists those that were taken.',
    estimatedSeconds: Math.ceil(rows.length / 1_000) + 1,
  };
}

export async function executeReroute(table: LeverTable, session: LeverSession, planned: unknown, run: LeverRun): Promise<LeverResult> {
  const chosen = action.parse(planned);
  const { column, value } = chosen;
  const known = recorded.safeParse(run.recorded).data;
  const record: Recorded = known ?? { chosen: true, from: {} };
  if (known === undefined) {
    const rows = await chooseWaiting(session, table, chosen);
    if (rows.length > MOST_ROWS) throw new Error(`More than ${MOST_ROWS} rows of ${table.name} wait now. Make a new plan.`);
    await run.journal.add(rows.map((row) => itemOf(table, row)));
    record.from = Object.fromEntries(rows.map((row) => [table.itemKeyOf(row.key), row.columns[column] ?? '']));
    await run.remember(record);
  }
  const { moved, complete } = await moveItems({ ...table, columns: [...new Set([...table.columns, column])] }, session, {
    from: 'pending', move: { set: { column, value } }, perSecond: null, changed: CHANGED, mayAct: null, reasonOf: () => null,
    keep: (_, batch: BatchRecord) => run.remember({ ...record, ...batch }),
  }, run);
  return { sentence: `${countWords(moved)} of ${table.name} now ${moved === 1 ? 'has' : 'have'} ${column} ${value}.`, moved, possibleDuplicates: 0, complete };
}

/** Never throws for rows that came since: they are what the observation is for. */
export async function observeReroute(table: LeverTable, session: LeverSession, hold: HoldInPlace): Promise<HoldObservation> {
  const chosen = action.parse(hold.action);
  const { column, value } = chosen;
  const missed = await chooseWaiting(session, table, chosen);
  const figures = { 'waiting with the former destination': missed.length > MOST_ROWS ? `more than ${MOST_ROWS}` : missed.length.toString() };
  return missed.length === 0
    ? { state: 'active', sentence: `No row of ${table.name} waits with another ${column} than ${value}.`, figures, outsideActs: [] }
    : { state: 'leaking', sentence: `${countWords(missed.length)} of ${table.name} came since and ${missed.length === 1 ? 'goes' : 'go'} to the former destination.`, figures, outsideActs: [] };
}

export async function planRestore<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>, hold: HoldInPlace): Promise<ConnectorPlan> {
  const parsed = action.safeParse(hold.action);
  if (!parsed.success) return { ...blankPlan(null, null), locks: [{ code: 'not-a-reroute', sentence: 'This hold changed no destination.' }] };
  const { column, value } = parsed.data;
  const { from = {} } = recorded.safeParse(hold.record).data ?? {};
  const there = elsewhere(table, column, value);
  const rows = await session.inSnapshot(there.question, (snapshot) => snapshot.rowsIn('pending', null, [column], MOST_ROWS + 1));
  const back = rows.filter((row) => from[table.itemKeyOf(row.key)] !== undefined).length;
  const total = Object.keys(from).length;
  const user = source.levers?.user ?? '';
  return {
    ...blankPlan({ column }, { lever: 'destination', column, value, only: null, enrolled: null }),
    steps: [`Give ${countWords(back)} of ${table.name} that nobody has taken yet the former ${column} again.`],
    locks: await rightLocks(session, dialect, table, user, [column]),
    receivers: [takerOf(target, table)],
    guarantee: { delivery: 'exactly-once', order: 'Rows keep their keys and instants of creation.', survivesRestart: 'Yes: whether a batch was committed is asked of the database itself.', inFlight: 'Rows that the alternate has taken are not touched.' },
    willNot: [`It does not bring back the ${countWords(total - back)} that the alternate has taken: the journal lists them, to be left, voided or sent again.`],
    waiting: back.toString(),
    nativeCommands: [{ what: 'Connect', command: dialect.native.prompt(source.settings, user) }, { what: 'Count what waits by destination', command: dialect.native.countByColumn(there.question, column) }],
    undo: 'Reroute again.',
    estimatedSeconds: Math.ceil(back / 1_000) + 1,
  };
}

export async function executeRestore(table: LeverTable, session: LeverSession, hold: HoldInPlace, run: LeverRun): Promise<LeverResult> {
  const { column, value } = action.parse(hold.action);
  const { from = {} } = recorded.safeParse(hold.record).data ?? {};
  const there = elsewhere(table, column, value);
  if (!recorded.safeParse(run.recorded).success) {
    const rows = await session.inSnapshot(there.question, (snapshot) => snapshot.rowsIn('pending', null, there.columns, MOST_ROWS + 1));
    const found = new Map(rows.map((row) => [table.itemKeyOf(row.key), row]));
    const empty: LeverRow = { key: '', version: '', columns: {} };
    await run.journal.add(Object.keys(from).map((itemKey) => ({ ...itemOf(table, found.get(itemKey) ?? empty), itemKey })));
    await run.remember({ chosen: true, from });
  }
  let moved = 0;
  let complete = true;
  // Rows may have had different destinations; those of one go back together.
  for (const former of new Set(Object.values(from))) {
    const part = await moveItems(there, session, {
      only: (itemKey) => from[itemKey] === former, from: 'pending', move: { set: { column, value: former } }, perSecond: null, mayAct: null, reasonOf: () => null,
      changed: { note: 'The alternate has taken it, or the row has changed.', instead: 'Decide for each: leave it with the alternate, void it there, or send it again.' },
      keep: (_, batch) => run.remember({ chosen: true, from, ...batch }),
    }, run);
    moved += part.moved;
    complete &&= part.complete;
  }
  return { sentence: `${countWords(moved)} of ${table.name} ${moved === 1 ? 'has' : 'have'} the former ${column} again; what the alternate has taken stands in the journal.`, moved, possibleDuplicates: 0, complete };
}

/** Gives rows that an interrupted reroute has moved, and that nobody has taken, their former destination again. */
export async function undoReroute(table: LeverTable, session: LeverSession, planned: unknown, run: LeverRun): Promise<void> {
  const { column, value } = action.parse(planned);
  const { from = {} } = recorded.safeParse(run.recorded).data ?? {};
  const { question } = elsewhere(table, column, value);
  for (const former of new Set(Object.values(from))) {
    const rows = await session.inSnapshot(question, (snapshot) => snapshot.rowsIn('pending', null, [], MOST_ROWS + 1));
    const ours = rows.filter(({ key }) => from[table.itemKeyOf(key)] === former);
    stillOurs(run);
    await session.moveRows(question, { from: 'pending', rows: ours, limit: Math.max(1, ours.length), set: { column, value: former } }, () => Promise.resolve(run.isHeld()));
  }
}

async function chooseWaiting(session: LeverSession, table: LeverTable, { only, enrolled, column, value }: Pick<Action, 'column' | 'value'> & { only: Reroute['only']; enrolled: readonly Enrolled[] | null }): Promise<LeverRow[]> {
  const rows = await session.inSnapshot(table.question, (snapshot) => snapshot.rowsIn('pending' satisfies OpenState, null, [...new Set([...table.columns, column])], MOST_ROWS + 1));
  return rows.filter((row) => {
    if ((row.columns[column] ?? '').trim() === value) return false;
    const { payerId, facilityId } = table.mapped(row, null);
    return (only?.payer === undefined || payerId === only.payer) && (only?.facility === undefined || facilityId === only.facility)
      && isEnrolled(enrolled, { payer: payerId, facility: facilityId });
  });
}

/** The same table, seen from where the rows are now. */
function elsewhere(table: LeverTable, column: string, value: string): LeverTable {
  const where = { ...table.channel.where, [column]: [value] };
  const share = channelPartition({ ...table.channel, where });
  return { ...table, share, columns: [...new Set([...table.columns, column])], question: { ...table.question, shares: [{ partition: share, where }] } };
}

function itemOf(table: LeverTable, row: LeverRow): { itemKey: string; messageId: string; mapped: ReturnType<LeverTable['mapped']> } {
  const mapped = table.mapped(row, null);
  return { itemKey: table.itemKeyOf(row.key), messageId: mapped.messageId, mapped };
}

const plainWhose = ({ payer, facility }: Enrolled) => ({ ...(payer === undefined ? {} : { payer }), ...(facility === undefined ? {} : { facility }) });

function onlyWords(only: Reroute['only']): string {
  return [only?.payer === undefined ? '' : ` of payer ${only.payer}`, only?.facility === undefined ? '' : ` of facility ${only.facility}`].join('');
}
