/**
 * What Signalbox asks of a database that holds interface tables. The tap, the description and discovery speak only this
 * language; another SQL database is another implementation of it. Every session only reads, holds no lock that a writer
 * waits for longer than one bounded question, and speaks of failures in sentences without row data or credentials.
 */
import type { Credentials } from '@/server/domain/sources/connection';

export interface TableDialect<Settings> {
  /** Name of the product for display, e.g. `PostgreSQL`. */
  readonly product: string;
  /** Kind of a channel's table as samples carry it. */
  readonly channelType: string;
  /** @throws SourceProblem */
  connect(settings: Settings, credentials: Credentials, limits: SessionLimits): Promise<DatabaseSession>;
  /** The statement that makes a question cheap, ready for a database administrator to run. */
  indexAdvice(question: TableQuestion, what: 'open' | 'finished'): string;
}

export interface SessionLimits {
  /** The server ends any of our statements after this. */
  statementMs: number;
  /** How long a statement may wait for a lock. */
  lockMs: number;
}

/** One connection. Questions run one after the other. */
export interface DatabaseSession {
  /** False once the connection broke: open another one. */
  isUsable(): boolean;
  /** @throws SourceProblem */
  server(): Promise<ServerFacts>;
  /** The tables of these names as they are now, in the same order; null where there is none, or it cannot be seen. @throws SourceProblem */
  tables(names: readonly TableName[]): Promise<(TableFacts | null)[]>;
  /** Runs all questions of `look` on one consistent snapshot, in a transaction that cannot write. @throws SourceProblem */
  inSnapshot<T>(question: TableQuestion, look: (snapshot: TableSnapshot) => Promise<T>): Promise<T>;
  /** Tables that may be interface tables, from the catalog and its statistics. @throws SourceProblem */
  candidates(schemas: readonly string[], limit: number): Promise<{ candidates: CandidateTable[]; leftOut: number }>;
  /** Values of a column in a bounded part of the table; null where they could not be read in time. */
  sampleValues(table: TableName, column: string): Promise<string[] | null>;
  /** What the role may do with tables of these schemas (empty: all), for a description. @throws SourceProblem */
  privileges(schemas: readonly string[]): Promise<TablePrivileges[]>;
  close(): Promise<void>;
}

export interface ServerFacts {
  version: string;
  isTestedVersion: boolean;
  /** Unix milliseconds by the server's clock, and ours when the answer to that question was half way. */
  clockMs: number;
  askedAtMs: number;
  latencyMs: number;
  /** Whether our sessions are read-only whatever the role may do. */
  isReadOnly: boolean;
  isSuperuser: boolean;
  isReplica: boolean;
  /** Whether starts of other users' transactions are visible. */
  seesTransactions: boolean;
  isEncrypted: boolean;
}

export interface TableName {
  schema: string;
  table: string;
}

export interface TableFacts extends TableName {
  /** The product's word: `table`, `partitioned table`, `view`, `materialized view`, `foreign table`. */
  kind: string;
  /** Changes when the table is created anew, emptied or rewritten. */
  identity: string;
  columns: readonly string[];
  /** Columns of the primary key, in its order; empty without one. */
  primaryKey: readonly string[];
  /** Whether rows tell in which transaction they changed; false for views. */
  hasRowVersions: boolean;
  canRead: boolean;
  canWrite: boolean;
  /** Row security that applies to us: we may see fewer rows than there are. */
  hasRowSecurity: boolean;
}

/** A part of a table that one or several contracts take. */
export interface TableShare {
  partition: string;
  where: Readonly<Record<string, readonly string[]>>;
}

export const OPEN_STATES = ['pending', 'inProgress', 'error', 'held'] as const;
export type OpenState = (typeof OPEN_STATES)[number];

/** What contracts say of one table, reduced to columns that it really has. */
export interface TableQuestion extends TableName {
  /** One or more columns that name a row; empty where rows cannot be told apart. */
  key: readonly string[];
  statusColumn: string;
  /** Status values of rows that are not finished; `pending` is always there. */
  statuses: Readonly<Partial<Record<OpenState, string>> & { pending: string }>;
  done: string | null;
  createdAt: string | null;
  updatedAt: string | null;
  shares: readonly TableShare[];
  hasRowVersions: boolean;
}

export interface TableSnapshot {
  /** Where this snapshot stands among all changes, and which table it looks at. Ask after a question about rows. */
  horizon(): Promise<Horizon>;
  /** Rows that are not finished, counted exactly by state. */
  countOpen(): Promise<OpenCount[]>;
  /**
   * Rows that are not finished, at most `limit`.
   * @param since only rows that may have changed after the snapshot whose `oldestOpen` this was; never fewer, maybe more
   */
  openRows(states: readonly OpenState[], since: bigint | null, limit: number): Promise<OpenRow[]>;
  /** Finished rows that changed at or after `fromMs`, and maybe after `since`, at most `limit`. */
  finishedRows(fromMs: number, since: bigint | null, limit: number): Promise<FinishedRow[]>;
  /** Rows in error with these keys, with the given columns as text. */
  failedRows(keys: readonly string[], columns: readonly string[]): Promise<FailedRow[]>;
  /** Whether the database would read far more rows than it answers with, because an index is missing. Reads no row. */
  wouldScan(what: 'open' | 'finished'): Promise<boolean>;
  /** Values of the status column by the database's statistics; empty without any. Reads no row. */
  statusValues(): Promise<string[]>;
}

/** Numbers of changes in the order in which they began; comparable within one connection. */
export interface Horizon {
  /** All changes with smaller numbers are finished, and visible unless undone. */
  oldestOpen: bigint;
  /** No change with this number or a larger one had begun. */
  next: bigint;
  clockMs: number;
  /** Start of the oldest running transaction, as far as we may see it. */
  oldestStartMs: number | null;
  /** As in `TableFacts`, of the table that the questions of this snapshot really read. */
  identity: string;
}

export interface OpenCount {
  state: OpenState;
  /** Of all shares together; a row that belongs to two counts once. */
  rows: bigint;
  /** Per share, in the order of the question. */
  shares: { rows: bigint; oldestCreatedMs: number | null }[];
}

export interface OpenRow {
  /** The key as text; several columns as a JSON array. */
  key: string;
  state: OpenState;
  /** Bit i is set where the row belongs to share i. */
  shares: number;
  /** Another one after each committed change. */
  version: string;
}

export interface FinishedRow {
  key: string;
  shares: number;
  createdMs: number | null;
}

export interface FailedRow {
  key: string;
  columns: Readonly<Record<string, string | null>>;
  updatedMs: number | null;
}

export interface CandidateColumn {
  name: string;
  /** The product's type name, e.g. `timestamp with time zone`. */
  type: string;
  kind: 'text' | 'number' | 'instant' | 'boolean' | 'document' | 'other';
  /** Distinct values by statistics; null where there are none. */
  distinct: number | null;
  /** Values by statistics, constraint or type, most frequent first; empty where not known or too many. */
  values: string[];
  defaultValue: string | null;
}

export interface CandidateTable extends TableName {
  kind: string;
  /** By statistics; null where there are none. */
  estimatedRows: number | null;
  columns: CandidateColumn[];
  primaryKey: readonly string[];
  indexedColumns: readonly string[];
}

export interface TablePrivileges extends TableName {
  canRead: boolean;
  canWrite: boolean;
  canUpdate: boolean;
  hasRowSecurity: boolean;
}

/** `database`: nothing of the source can be asked; `table`: only the asked table is concerned. */
export type ProblemReach = 'database' | 'table';

/** Something that the database refused or did not answer, as a sentence for people. */
export class SourceProblem extends Error {
  constructor(message: string, readonly reach: ProblemReach, readonly state: 'unreachable' | 'denied' | 'missing' | 'locked' | 'slow' | 'refused') {
    super(message);
    this.name = 'SourceProblem';
  }
}
