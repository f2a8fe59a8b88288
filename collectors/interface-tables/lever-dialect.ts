/**
 * What levers ask of a database that holds interface tables. Looking is `TableDialect`'s language; this is the acting half,
 * spoken with the credentials for levers. Every act is one short transaction that waits for no lock of the application.
 */
import type { Credentials } from '@/server/domain/sources/connection';
import type { OpenState, SessionLimits, TableFacts, TableName, TableQuestion, TableShare, TableSnapshot } from './dialect';

export interface LeverDialect<Settings> {
  readonly product: string;
  /** @throws SourceProblem */
  connect(settings: Settings, credentials: Credentials, limits: SessionLimits): Promise<LeverSession>;
  /** What a database administrator runs once per table, so that its rows can be held from the named roles. */
  gateScript(plan: GatePlan): string;
  /** Grants a column-wise update, ready to run. */
  grantUpdate(table: TableName, columns: readonly string[], role: string): string;
  readonly native: NativeStatements<Settings>;
}

/** Statements for people, for the night when Signalbox is down. No row key or business value is in them. */
export interface NativeStatements<Settings> {
  /** How to get a prompt, as the user of the levers. */
  prompt(settings: Settings, user: string): string;
  showGate(table: TableName): string;
  openGate(table: TableName, share: string): string;
  countByStatus(question: TableQuestion): string;
  /** Moves all rows of the share from one state to another. */
  moveAll(question: TableQuestion, from: OpenState, to: OpenState): string;
  countByColumn(question: TableQuestion, column: string): string;
}

/** What the script is made of. */
export interface GatePlan extends TableName {
  key: readonly string[];
  statusColumn: string;
  pending: string;
  /** Shares that can be held each for itself; the whole table always can. */
  shares: readonly TableShare[];
  /** Columns by whose value somebody may let rows through by hand. */
  columns: readonly string[];
  /** Roles of the application that takes rows. */
  consumers: readonly string[];
  /** The role of the levers; null when it is not known yet. */
  operator: string | null;
  /**
   * `reading`: rows that wait cannot be seen at all, which holds every application. `locking`: they can be seen but not
   * locked or changed, which holds only applications that lock a row before they work on it.
   */
  holds: 'reading' | 'locking';
}

/** One connection. It is read-only but for the acts, each of which is a transaction of its own. */
export interface LeverSession {
  isUsable(): boolean;
  /** @throws SourceProblem */
  table(name: TableName): Promise<TableFacts | null>;
  /** Which of these columns the user may update, and whether the key names one row each. @throws SourceProblem */
  rights(question: TableQuestion, columns: readonly string[]): Promise<{ updatable: readonly string[]; keyIsUnique: boolean; isReplica: boolean }>;
  /** @throws SourceProblem */
  gate(table: TableName, share: string): Promise<GateFacts>;
  /** @throws SourceProblem */
  inSnapshot<T>(question: TableQuestion, look: (snapshot: LeverSnapshot) => Promise<T>): Promise<T>;
  /** Changes the gate unless somebody else holds it or a later life of the same operation has changed it. @throws SourceProblem */
  changeGate(table: TableName, share: string, change: GateChange): Promise<'changed' | 'not-ours'>;
  /**
   * Changes rows that still are as asked, and leaves out those that somebody else has locked. Between change and commit
   * `beforeCommit` is told what changed and in which transaction; the answer false takes all of it back.
   *
   * @returns keys of the rows that changed; empty when it was taken back
   * @throws SourceProblem also when the connection breaks during the commit: ask `outcomeOf`
   */
  moveRows(question: TableQuestion, move: RowMove, beforeCommit: (changed: { keys: string[]; transaction: string }) => Promise<boolean>): Promise<string[]>;
  /** What became of a transaction. `unknown`: too long ago, or the server is another one. @throws SourceProblem */
  outcomeOf(transaction: string): Promise<'committed' | 'undone' | 'running' | 'unknown'>;
  close(): Promise<void>;
}

export interface LeverSnapshot extends TableSnapshot {
  /** Rows of one state, oldest first, with columns as text. @param keys only these; null: all */
  rowsIn(state: OpenState, keys: readonly string[] | null, columns: readonly string[], limit: number): Promise<LeverRow[]>;
  /** States of these rows in this snapshot; `finished` also for statuses that the contract does not name. */
  statesOf(keys: readonly string[]): Promise<Map<string, OpenState | 'finished'>>;
  /**
   * Rows that changed after the snapshot whose `oldestOpen` was `since`.
   * @param mark also tells which of them were written by a change that began after this one
   * @param finishedFromMs also finished rows that changed from then on; null: unfinished rows only
   */
  changedRows(since: bigint, mark: bigint, finishedFromMs: number | null, limit: number): Promise<ChangedRow[]>;
  /** Transactions that began before this change, still run, and have written to the table. */
  writersBefore(mark: bigint): Promise<number>;
  /** How many rows of the share we have led elsewhere from under its closed gate, by the count that their moves left there. */
  ledFromUnder(share: string): Promise<bigint>;
}

export interface LeverRow {
  key: string;
  columns: Readonly<Record<string, string | null>>;
  /** Another one after each committed change. */
  version: string;
}

export interface ChangedRow {
  key: string;
  /** Null: finished. */
  state: OpenState | null;
  isAfterMark: boolean;
}

export interface RowMove {
  from: OpenState;
  /** Undefined: the state stays. */
  to?: OpenState;
  /** Only these rows, and only while they have these versions; null: the oldest of all, at most `limit`. */
  rows: readonly { key: string; version: string }[] | null;
  limit: number;
  /** Sets a column of the row to a value. */
  set?: { column: string; value: string };
  /** Counted up by one. */
  attempts?: string | undefined;
  /** Set to the database's clock. */
  touched?: string | undefined;
  /** Counted at this gate in the same transaction, while this hold keeps it closed: whoever watches the share knows that we moved them. */
  fromUnder?: GateHold | undefined;
}

/** A gate as one hold has closed it. */
export interface GateHold {
  share: string;
  hold: string;
}

/** What somebody finds in the gate table, as we write it. */
export interface GateRow {
  closed: boolean;
  /** The hold that closed it; null when somebody closed it by hand. */
  hold: string | null;
  /** Keys of rows that may pass. */
  keys: readonly string[];
  /** Keys that could until lately, by the database's clock: a look that began before then may find that they did. */
  lately: readonly { keys: readonly string[]; untilMs: number }[];
  /** Whether rows may pass by the value of a column; only people do that. */
  passesByColumn: boolean;
  /** The number of the change that closed it; null when it was not us. */
  closedBy: bigint | null;
  changedAt: string | null;
  /** Rows that were led elsewhere from under it since it was closed. */
  ledElsewhere: bigint;
  /** The database's clock when it was read, in Unix milliseconds. */
  clockMs: number;
}

export interface GateChange {
  closed: boolean;
  keys: readonly string[];
  hold: string;
  operation: string;
  fence: bigint;
  /** Keep the number of the change that closed it, because it was closed before. */
  closedBy: bigint | null;
  /** Do not close a gate that somebody has opened. */
  onlyIfClosed: boolean;
}

export interface GateFacts {
  /** There is a gate table and it may be read. */
  table: 'ready' | 'absent' | 'denied';
  mayChange: boolean;
  /** A row can be written where there is none. */
  mayInsert: boolean;
  /** The gate table can tell shares of a table apart. */
  knowsShares: boolean;
  /** Null: never written. */
  row: GateRow | null;
  /** Closed gates of the same table for other rows, or for all of them. */
  otherClosed: readonly { share: string; hold: string | null }[];
  isSecured: boolean;
  policies: readonly GatePolicy[];
  roles: readonly GateRole[];
}

export interface GatePolicy {
  name: string;
  /** Whether rows that wait are hidden from reading, and from being locked or changed. */
  hidesFromReading: boolean;
  hidesFromLocking: boolean;
  /** One that only grants may be outvoted by another one. */
  isRestrictive: boolean;
  /** `public`, or names. */
  roles: readonly string[];
}

/** A role that may take rows from the table. */
export interface GateRole {
  name: string;
  isNamed: boolean;
  isHeld: boolean;
  /** Why no policy applies to it, in words; empty when one may. */
  exempt: '' | 'superuser' | 'bypass' | 'owner';
  /** It may read the gate; without that its own statements fail. */
  readsGate: boolean;
  /** Connections that it has now. */
  sessions: number;
}
