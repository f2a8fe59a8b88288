/** Reroute: rows that wait are given the destination of the alternate. Rows that come later keep their own: they go on, or a gate beneath holds them. */
import type { TableChannel } from '@/server/domain/contracts/channel';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { Enrolled } from '@/server/domain/operations/enrolment';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { HoldInPlace, HoldObservation, LeverRequest, LeverResult, LeverRun, LeverTarget } from '../../runtime/operations/levers';
import type { LeverSession } from '../lever-dialect';
import type { LeverTable } from './lever-table';
import { mostPerSecond, moveItems } from './move-items';
import { blankPlan, countRows, countWords, rightLocks } from './plan-parts';
import { gateUnder, isHeldUnder, overGateLocks } from './reroute-over-gate';
import { chooseWaiting, itemOf, MOST_LOOKED_THROUGH, MOST_ROWS, rerouteAction, rerouteRecord, type RerouteRecord } from './reroute-rows';
import type { BatchRecord } from './settle-sending';
import { gateTopology, type GateWork } from './row-gate';

type Reroute = Extract<LeverRequest, { kind: 'reroute' }>;

const CHANGED = { note: 'The row does not wait any more, or has changed since it was read.', instead: 'Look where it went: the application may have taken it.' };

/** One reroute lies on a channel. */
const LEAD_ON = 'To lead them on, restore and reroute again.';

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
  const { only, enrolled = null, perSecond = null } = request;
  const over = gateUnder(request.over);
  const gate = over === null ? null : await session.gate(question, over.share);
  const [{ rows, isAll }, count, locks] = [await chooseWaiting(session, table, { only, enrolled, column, value }), await countRows(session, question), await rightLocks(session, dialect, table, user, [column])];
  if (over !== null && gate !== null) locks.push(...overGateLocks(gate, table, over, destination, user));
  if (rows.length > MOST_ROWS) locks.push({ code: 'too-many-rows', sentence: `More than ${MOST_ROWS} rows of ${name} wait; so many cannot be kept in mind for the way back. ${over === null ? 'Pause, or reroute' : 'Reroute'} one payer or facility.` });
  return {
    ...blankPlan({ key: [...question.key], column, ...(gate === null ? {} : { gate: gateTopology(gate), otherClosed: gate.otherClosed.map(({ share }) => share) }) },
      { lever: 'destination', column, value, only: only === null ? null : plainWhose(only), enrolled: enrolled?.map(plainWhose) ?? null, over, perSecond }),
    steps: [
      `Set ${column} of ${countWords(rows.length)} of ${name} that ${rows.length === 1 ? 'waits' : 'wait'}${over === null ? '' : ' behind the closed gate'}${onlyWords(only)} to ${value}, at most 200 in one transaction${perSecond === null ? '' : ` and ${mostPerSecond(perSecond)} each second`}.`,
      ...(over === null ? [] : [`Leave the gate of ${name} for ${over.share} closed.`]),
    ],
    locks,
    receivers: [`Who takes rows of ${name} with ${column} ${value}`],
    guarantee: { delivery: 'exactly-once', order: 'Rows keep their keys and instants of creation.', survivesRestart: 'Yes: whether a batch was committed is asked of the database itself.', inFlight: 'Rows in process are not touched.' },
    willNot: [...(over === null
      ? ['It does not catch rows that come after it: they keep their destination, and the reroute is then shown as leaking. To hold them, pause by the row gate first, then reroute: the reroute lies over the hold then.']
      : ['It lets nobody pass the gate: rows of everybody else stay held, also new ones.', `It does not catch rows that come after it: the gate holds them too, until it is released or they are rerouted. ${LEAD_ON}`]), 'It does not touch rows in process or in error.'],
    warnings: [
      ...(isAll || rows.length > MOST_ROWS ? [] : [`More than ${MOST_LOOKED_THROUGH} rows of ${name} wait, and only the oldest ${MOST_LOOKED_THROUGH} are looked through: what lies behind them ${over === null ? 'keeps its destination' : 'stays held'}.`]),
      ...(over === null ? [] : ['When the gate is released before the restore, new rows go to their former destination at once, and the reroute is shown as leaking.']),
    ],
    waiting: over === null ? rows.length.toString() : count('pending').toString(),
    ...(over === null ? {} : { goesAlong: rows.length.toString() }),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, user) },
      { what: 'Count what waits by destination', command: dialect.native.countByColumn(question, column) },
      ...(over === null ? [] : [{ what: 'See the gate', command: dialect.native.showGate(question) }]),
    ],
    undo: `Restore gives rows that nobody has taken yet their former destination${over === null ? '' : ', where the gate holds them again as long as it is closed'}, and lists those that were taken.`,
    estimatedSeconds: Math.ceil(rows.length / Math.min(1_000, mostPerSecond(perSecond))) + 1,
  };
}

export async function executeReroute(table: LeverTable, session: LeverSession, planned: unknown, run: LeverRun): Promise<LeverResult> {
  const chosen = rerouteAction.parse(planned);
  const { column, value, over, perSecond } = chosen;
  const known = rerouteRecord.safeParse(run.recorded).data;
  const record: RerouteRecord = known ?? { chosen: true, from: {} };
  if (known === undefined) {
    const { rows } = await chooseWaiting(session, table, chosen);
    if (rows.length > MOST_ROWS) throw new Error(`More than ${MOST_ROWS} rows of ${table.name} wait now. Make a new plan.`);
    await run.journal.add(rows.map((row) => itemOf(table, row)));
    record.from = Object.fromEntries(rows.map((row) => [table.itemKeyOf(row.key), row.columns[column] ?? '']));
    await run.remember(record);
  }
  const { moved, complete } = await moveItems({ ...table, columns: [...new Set([...table.columns, column])] }, session, {
    from: 'pending', move: { set: { column, value }, fromUnder: over ?? undefined }, perSecond, changed: CHANGED, mayAct: null, reasonOf: () => null,
    keep: (_, batch: BatchRecord) => run.remember({ ...record, ...batch }),
  }, run);
  return { sentence: `${countWords(moved)} of ${table.name} now ${moved === 1 ? 'has' : 'have'} ${column} ${value}${over === null ? '' : '; everybody else\'s are still held'}.`, moved, possibleDuplicates: 0, complete };
}

/** Never throws for rows that came since: they are what the observation is for. */
export async function observeReroute(table: LeverTable, session: LeverSession, hold: HoldInPlace): Promise<HoldObservation> {
  const chosen = rerouteAction.parse(hold.action);
  const { column, value } = chosen;
  const isHeld = await isHeldUnder(session, table, chosen.over);
  const { rows: missed, isAll } = await chooseWaiting(session, table, chosen);
  const figures = { [isHeld ? 'held, not rerouted' : 'waiting with the former destination']: isAll ? missed.length.toString() : `more than ${missed.length === 0 ? 0 : missed.length - 1}` };
  const said = (state: HoldObservation['state'], sentence: string): HoldObservation => ({ state, sentence, figures, outsideActs: [] });
  const ofWhom = chosen.only === null && chosen.enrolled === null ? '' : ' of those who are rerouted';
  if (missed.length === 0) return said('active', `No row of ${table.name}${ofWhom} waits with another ${column} than ${value}.`);
  const came = `${countWords(missed.length)} of ${table.name}${ofWhom} came since and`;
  return isHeld
    ? said('active', `${came} ${missed.length === 1 ? 'is' : 'are'} held by the gate. ${LEAD_ON}`)
    : said('leaking', `${came} ${missed.length === 1 ? 'goes' : 'go'} to the former destination.`);
}

const plainWhose = ({ payer, facility }: Enrolled) => ({ ...(payer === undefined ? {} : { payer }), ...(facility === undefined ? {} : { facility }) });

function onlyWords(only: Reroute['only']): string {
  return [only?.payer === undefined ? '' : ` of payer ${only.payer}`, only?.facility === undefined ? '' : ` of facility ${only.facility}`].join('');
}
