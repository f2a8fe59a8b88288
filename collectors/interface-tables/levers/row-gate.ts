/** Pause by the row gate: planned, closed, looked at, and opened when the pause is taken back. */
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldInPlace, HoldObservation, LeverContext, LeverResult, LeverRun, LeverTarget } from '../../runtime/operations/levers';
import type { ConnectedSource } from '../../runtime/taps/connector';
import type { GateFacts, LeverDialect, LeverSession } from '../lever-dialect';
import { gateLocks, gateWarnings, installScript } from './gate-locks';
import type { LeverTable } from './lever-table';
import { measureClaims, type Claims } from './measure-claims';
import { blankPlan, countRows, countWords, takerOf } from './plan-parts';
import { stillOurs, type Sessions } from './sessions';

const SLOW_FROM = 100_000n;
/** Statements that asked the gate before it was closed for named rows again are done after this. */
export const SETTLE_MS = 1_000;

type GateAction = { lever: 'row-gate'; share: string };

export interface GateWork<K extends ConnectableKind> {
  dialect: LeverDialect<SettingsByKind[K]>;
  source: ConnectedSource<K>;
  target: LeverTarget;
  table: LeverTable;
  session: LeverSession;
}

export async function planGatePause<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>): Promise<ConnectorPlan> {
  const { question, share, name } = table;
  const user = source.levers?.user ?? '';
  const gate = await session.gate(question, share);
  const locks = gateLocks(gate, table, user);
  if (gate.row?.closed === true) locks.push({ code: 'gate-closed', sentence: `The gate of ${name} is closed already, ${gate.row.hold === null ? 'by hand' : 'by another hold'}${gate.row.changedAt === null ? '' : ` since ${gate.row.changedAt}`}. Release that first.` });
  const [count, columns] = [await countRows(session, question), table.columns.filter((column) => !question.key.includes(column) && column !== question.statusColumn)];
  return {
    ...blankPlan(gateTopology(gate), { lever: 'row-gate', share } satisfies GateAction),
    steps: [`Close the gate of ${name}${share === '' ? '' : ` for ${share}`} in signalbox.gate.`, 'Watch the table until no row is taken for 2 s.'],
    locks,
    guarantee: {
      delivery: 'exactly-once', order: 'Rows stay as they are; the application takes them in its own order afterwards.',
      survivesRestart: 'Yes: the gate is a row in the database, and holds also while Signalbox is down.',
      inFlight: 'Rows in process are finished by the application. Nothing is cut off.',
    },
    willNot: ['It does not stop rows from being written: they wait, also new ones.', ...(question.statuses.error === undefined ? [] : ['It does not hold rows in error that the application takes again by itself, unless the policies say so.'])],
    warnings: [...gateWarnings(gate, table), ...slowness(count('pending')), ...(share === '' && table.otherFlows.length > 0 ? [`The gate holds all rows of ${name}, also those of flows ${table.otherFlows.join(', ')}.`] : []), ...gate.otherClosed.map(({ share: other }) => `Another gate of ${name} is closed too: ${other === '' ? 'that of the whole table' : other}.`)],
    waiting: count('pending').toString(),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    canary: { possible: true, sentence: 'Named rows can pass the closed gate: the oldest ones, or those of one payer or facility.' },
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, user) },
      { what: 'See the gate', command: dialect.native.showGate(question) },
      { what: 'Count the rows by status', command: dialect.native.countByStatus(question) },
      { what: 'Open the gate', command: dialect.native.openGate(question, gate.knowsShares ? share : '') },
      { what: 'Install the gate of this table (once, by the database administrator; check the roles)', command: installScript(dialect, table, gate, user, columns) },
    ],
    undo: 'Release opens the gate; nothing is lost or taken twice by it.',
    estimatedSeconds: 3,
    receivers: [`Nobody while it is closed; then ${takerOf(target, table)}`],
  };
}

/** The database looks at each row that waits before it answers "none" to the application, whose statements may have a time limit. */
function slowness(waiting: bigint): string[] {
  return waiting < SLOW_FROM ? [] : [`${countWords(waiting)} wait. While the gate is closed, each question of the application for rows looks through all of them, about 0.3 s for each 100,000; mind its time limits.`];
}

/** What has to be the same still when the plan is executed. */
export function gateTopology({ row, isSecured, policies, roles }: GateFacts): ConnectorPlan['topology'] {
  return {
    closed: row?.closed ?? false, hold: row?.hold ?? null, secured: isSecured,
    policies: policies.map(({ name, roles: named }) => ({ name, roles: [...named] })),
    held: roles.filter(({ isHeld }) => isHeld).map(({ name }) => name),
  };
}

export async function closeGate({ question, share, name }: LeverTable, session: LeverSession, holdId: string, run: LeverRun): Promise<LeverResult> {
  const { row } = await session.gate(question, share);
  stillOurs(run);
  const isClosed = row?.closed === true && row.hold === holdId;
  const outcome = await session.changeGate(question, share, { closed: true, keys: isClosed ? row.keys : [], hold: holdId, operation: run.operationId, fence: run.fence, closedBy: isClosed ? row.closedBy : null, onlyIfClosed: false });
  if (outcome === 'not-ours') throw new Error(`The gate of ${name} was closed by somebody else in the meantime. Release that first, or make a new plan.`);
  return { sentence: `The gate of ${name} is closed.`, moved: null, possibleDuplicates: 0, complete: true };
}

/** Opens what this hold closed; leaves alone what somebody else holds. @returns false when somebody else holds it */
export async function openGate({ question, share }: LeverTable, session: LeverSession, holdId: string, run: LeverRun): Promise<boolean> {
  stillOurs(run);
  const outcome = await session.changeGate(question, share, { closed: false, keys: [], hold: holdId, operation: run.operationId, fence: run.fence, closedBy: null, onlyIfClosed: false });
  return outcome === 'changed' || (await session.gate(question, share)).row?.closed !== true;
}

export async function observeGate({ question, share, name }: LeverTable, session: LeverSession, sessions: Sessions, hold: HoldInPlace, context: LeverContext): Promise<HoldObservation> {
  const gate = await session.gate(question, share);
  const outsideActs = actsOfOthers(gate, name, hold.id);
  if (!gateHolds(gate)) return { state: 'dropped', sentence: `The gate of ${name} does not hold any more.`, figures: {}, outsideActs };
  const claims = await measureClaims(sessions, session, question, { mark: gate.row?.closedBy ?? null, allowed: (sinceMs) => keysSince(session, question, share, sinceMs), signal: context.signal, ...(share === '' ? {} : { ledFrom: share }) });
  return { ...judge(claims), outsideActs };
}

/** A canary names other rows while they are looked at. */
async function keysSince(session: LeverSession, question: LeverTable['question'], share: string, sinceMs: number): Promise<ReadonlySet<string>> {
  const { row } = await session.gate(question, share);
  return new Set([...row?.keys ?? [], ...(row?.lately ?? []).filter(({ untilMs }) => untilMs >= sinceMs - SETTLE_MS).flatMap(({ keys }) => keys)]);
}

/** Whether it is closed, whoever did so, and keeps anybody from taking rows. */
export function gateHolds({ row, isSecured, policies, roles }: GateFacts): boolean {
  return row?.closed === true && isSecured && policies.some(({ hidesFromLocking }) => hidesFromLocking) && roles.some(({ isHeld }) => isHeld);
}

function actsOfOthers({ table, row, isSecured, policies, roles }: GateFacts, name: string, holdId: string): string[] {
  const acts: string[] = [];
  if (table !== 'ready') acts.push('The table signalbox.gate is gone, or may not be read any more.');
  else if (row === null) acts.push(`Somebody removed the row of ${name} from signalbox.gate.`);
  else if (!row.closed) acts.push(`Somebody opened the gate of ${name}${row.changedAt === null ? '' : ` at ${row.changedAt}`}.`);
  else if (row.hold !== holdId) acts.push(`The gate of ${name} is closed, but not by this hold any more: somebody changed it${row.changedAt === null ? '' : ` at ${row.changedAt}`}.`);
  if (row?.passesByColumn) acts.push(`Somebody lets rows of ${name} pass the gate by the value of a column.`);
  if (!isSecured) acts.push(`Somebody switched row security of ${name} off.`);
  if (!policies.some(({ hidesFromLocking }) => hidesFromLocking)) acts.push(`Somebody dropped the policies of ${name} that ask the gate.`);
  for (const role of roles.filter(({ isNamed, isHeld }) => isNamed && !isHeld)) acts.push(`${role.name} is not held any more: ${role.exempt === 'bypass' ? 'it was given BYPASSRLS' : role.exempt === 'superuser' ? 'it was made a superuser' : role.exempt === 'owner' ? 'it owns the table' : 'no policy keeps it from taking rows'}.`);
  return acts;
}

function judge(claims: Claims): Omit<HoldObservation, 'outsideActs'> {
  const { waiting, inProgress, leaked, passed, early, vanished, earlyWriters, isComplete } = claims;
  const figures: Record<string, string> = { waiting: waiting.toString(), 'in progress': inProgress.toString(), 'taken in 2 s': leaked.toString(), 'let through in 2 s': passed.toString() };
  if (leaked > 0) return { state: 'leaking', sentence: `${countWords(leaked)} ${leaked === 1 ? 'was' : 'were'} taken in 2 s although the gate is closed.`, figures };
  if (!isComplete) return { state: 'draining', sentence: 'Too many rows changed in 2 s to compare them one by one; it is looked at again.', figures };
  const isOnItsWay = early > 0 || earlyWriters > 0 || inProgress > 0n;
  // Deleted rows do not say when their transaction began.
  if (vanished > 0n && earlyWriters === 0 && early === 0) return { state: 'leaking', sentence: `${countWords(vanished)} left in 2 s without being let through: deleted, or given a status that the contract does not name.`, figures };
  if (isOnItsWay) {
    const what = inProgress > 0n ? `${countWords(inProgress)} in progress ${inProgress === 1n ? 'is' : 'are'} still being worked off.` : `${countWords(earlyWriters, 'transaction', 'transactions')} from before the hold ${earlyWriters === 1 ? 'is' : 'are'} still open and may have taken rows.`;
    return { state: 'draining', sentence: early > 0 && inProgress === 0n && earlyWriters === 0 ? `${countWords(early)} taken before the hold left in the last 2 s.` : what, figures };
  }
  return { state: 'held', sentence: `No row was taken for 2 s; ${countWords(waiting, 'row waits', 'rows wait')}.`, figures };
}
