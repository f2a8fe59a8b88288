/** One table: what waits in it, what came and left, and which of its rows failed. */
import type { TapMapper } from '@/server/domain/mapping/tap-mapper';
import type { FailedMessage } from '@/server/domain/taps/facts';
import { readable, type ContractTable, type Readable } from '../contract-tables';
import { SourceProblem, type DatabaseSession, type FinishedRow, type Horizon, type OpenCount, type OpenState, type TableFacts, type TableQuestion, type TableSnapshot } from '../dialect';
import { failedMessage, itemKeyOf } from './failed-rows';
import { MOST_FAILED, MOST_OPEN, followedStates, openStates, rowsIn } from './followed-states';
import { OpenRows, type Failures } from './open-rows';
import { Pace } from './pace';
import { Reach } from './reach';

const MOST_FINISHED = 50_000;
const DETAILS_PER_LOOK = 2_000;
const CHECK_INDEXES_MS = 300_000;
const MOST_UNNAMED = 8;
const LONGEST_STATUS = 40;

export interface WatchOptions {
  sourceId: string;
  intervalMs: number;
  /** Names this life of the tap: counters of another life are other counters. */
  life: string;
  indexAdvice: (question: TableQuestion, what: 'open' | 'finished') => string;
  onFailure: (message: FailedMessage) => void;
  /** All rows in error, by item key, as the first look of this life that could follow them found them. */
  onKnown: (stillFailed: ReadonlySet<string>, now: number) => void;
}

export interface LookContext {
  sampleTime: number;
  now: number;
  mapper: TapMapper;
  /** Another number for each connection: the server behind a new one may be another one. */
  connection: number;
}

/** What the last look found; samples are made of it. */
export interface TableFigures {
  sampleTime: number;
  counts: OpenCount[];
  clockMs: number;
  /** Per share; null where throughput is not counted. */
  counters: { epoch: string; entered: bigint; left: bigint }[] | null;
  question: TableQuestion;
}

export class TableWatch {
  readonly pace: Pace;
  figures: TableFigures | null = null;
  problem: { message: string; state: string } | null = null;
  private reading: Readable | null = null;
  private signature = '';
  private restarts = 0;
  private rows: OpenRows | null = null;
  private followed = '';
  private horizon: Horizon | null = null;
  private reach = new Reach();
  private unnamedStatuses: string[] = [];
  private scans = { open: false, finished: false, checkedAt: Number.NEGATIVE_INFINITY };
  /** Rows in error whose details are still to be read. */
  private readonly wanted = new Set<string>();
  private readonly failures = new Map<string, FailedMessage>();
  /** The connection of the last look that succeeded. */
  private connection = -1;
  private remarks: string[] = [];

  constructor(public table: ContractTable, private readonly options: WatchOptions) {
    this.pace = new Pace(options.intervalMs);
  }

  /** Sentences about what is left out and why. */
  notes(): string[] {
    return [...(this.reading?.notes ?? this.table.notes), ...this.remarks, ...this.loadNotes()];
  }

  /** Statements that would make looks cheap or throughput countable. */
  advice(): string[] {
    const { question } = this.reading ?? {};
    if (!question) return [];
    return (['open', 'finished'] as const).filter((what) => this.scans[what]).map((what) => this.options.indexAdvice(question, what));
  }

  /** @throws SourceProblem when the database as a whole cannot be asked; what concerns the table only is kept in `problem` */
  async look(session: DatabaseSession, facts: TableFacts | null, context: LookContext): Promise<void> {
    const reading = readable(this.table, facts, (flow) => context.mapper.columnsOf(flow));
    if ('problem' in reading || facts === null) {
      this.fail('problem' in reading ? reading.problem : '', 'problem' in reading ? reading.state : 'missing');
      return;
    }
    this.reading = reading;
    const started = performance.now();
    try {
      await session.inSnapshot(reading.question, (snapshot) => this.observe(snapshot, reading, facts.identity, context));
      this.problem = null;
      this.pace.looked(context.sampleTime, performance.now() - started, this.scans.open);
    } catch (error) {
      if (!(error instanceof SourceProblem) || error.reach === 'database') throw error;
      if (error.state === 'slow') this.pace.tookTooLong(context.sampleTime);
      this.fail(error.message, error.state);
    }
  }

  fail(message: string, state: string): void {
    this.problem = { message, state };
  }

  private async observe(snapshot: TableSnapshot, { question, columns }: Readable, identity: string, context: LookContext): Promise<void> {
    const counts = await snapshot.countOpen();
    const horizon = await snapshot.horizon();
    // Emptied or rewritten between catalog and look: what such a snapshot shows of the new file is not what is there.
    if (horizon.identity !== identity) throw new SourceProblem(`${question.schema}.${question.table} was emptied or rewritten during the look. It will be looked at again.`, 'table', 'locked');
    const signature = JSON.stringify([identity, question]);
    // A horizon that went back is another database: restored from a backup, or a server that took the address over.
    if (signature !== this.signature || (this.horizon !== null && horizon.oldestOpen < this.horizon.oldestOpen)) this.restart(signature);
    await this.checkIndexes(snapshot, question, context.now);
    const states = followedStates(question, counts);
    const isEverythingFollowed = states.length > 0 && states.length === openStates(question).length;
    const counted = isEverythingFollowed && this.isThroughputKnown(question);
    if (states.join() !== this.followed) this.forgetRows(states.join());
    this.remarks = this.remarksOn(question, states, isEverythingFollowed);
    if (states.length > 0) await this.follow(snapshot, question, { states, counts, counted, horizon, isNewConnection: context.connection !== this.connection, now: context.now, mapper: context.mapper });
    await this.readFailed(snapshot, question, columns, context);
    this.reach.note(horizon);
    this.horizon = horizon;
    this.connection = context.connection;
    const epoch = `${this.options.life}.${identity}.${this.restarts}`;
    this.figures = { sampleTime: context.sampleTime, counts, clockMs: horizon.clockMs, question, counters: counted && this.rows ? this.rows.totals.map((totals) => ({ epoch, ...totals })) : null };
  }

  private async follow(
    snapshot: TableSnapshot, question: TableQuestion,
    { states, counts, counted, horizon, isNewConnection, now, mapper }: {
      states: readonly OpenState[]; counts: readonly OpenCount[]; counted: boolean; horizon: Horizon; isNewConnection: boolean; now: number; mapper: TapMapper;
    },
  ): Promise<void> {
    const expected = rowsIn(counts, states);
    const known = this.rows;
    const since = known === null || this.horizon === null ? null : this.horizon.oldestOpen;
    const floorMs = this.reach.floorMs(horizon.clockMs);
    let finished: FinishedRow[] = counted ? await snapshot.finishedRows(floorMs, since, MOST_FINISHED + 1) : [];
    if (finished.length > MOST_FINISHED) {
      finished = [];
      this.restarts += 1;
      this.remarks.push(`More than ${MOST_FINISHED} rows were finished in one look: throughput is counted anew from here.`);
    }
    const rows = known ?? new OpenRows(question.shares.length);
    const explained = since === null || isNewConnection || !question.hasRowVersions
      ? null : rows.explain(await snapshot.openRows(states, since, MOST_OPEN + 1), finished, expected);
    const all = explained === null ? await snapshot.openRows(states, null, MOST_OPEN + 1) : null;
    const changes = explained ?? (BigInt(all?.length ?? 0) === expected ? rows.compare(all ?? []) : null);
    if (changes === null) {
      this.forgetRows(this.followed);
      this.remarks.push(`The key ${question.key.join(', ')} does not name one row each: failed rows and throughput are not followed, only counted. Name a unique column as channel.key.`);
      return;
    }
    const failures = rows.apply(changes, horizon.clockMs, known !== null && counted);
    rows.pass(finished, floorMs, horizon.clockMs, known !== null && counted);
    this.rows = rows;
    if (known === null && states.includes('error')) this.options.onKnown(new Set(failures.failed.map((key) => itemKeyOf(key, { table: this.table, keyColumns: question.key, mapper }))), now);
    this.noteFailures(failures, known === null, now);
  }

  private noteFailures({ failed, resolved }: Failures, isFirst: boolean, now: number): void {
    for (const key of failed) this.wanted.add(key);
    // After a new start what was known may have left in between.
    const left = isFirst ? [...this.failures.keys()].filter((key) => !this.rows?.isInError(key)) : resolved;
    for (const key of left) {
      this.wanted.delete(key);
      const message = this.failures.get(key);
      if (!message) continue;
      this.failures.delete(key);
      this.options.onFailure({ ...message, state: 'resolved', seenAt: Math.max(now, message.seenAt + 1) });
    }
  }

  private async readFailed(snapshot: TableSnapshot, question: TableQuestion, columns: readonly string[], { mapper, now }: LookContext): Promise<void> {
    const keys = [...this.wanted].slice(0, DETAILS_PER_LOOK);
    if (keys.length === 0 || question.key.length === 0) return;
    const rows = await snapshot.failedRows(keys, columns);
    for (const key of keys) this.wanted.delete(key);
    for (const row of rows) {
      const known = this.failures.get(row.key) ?? null;
      const message = failedMessage(row, known, { sourceId: this.options.sourceId, table: this.table, keyColumns: question.key, mapper, seenAt: Math.max(now, (known?.seenAt ?? 0) + 1) });
      this.failures.set(row.key, message);
      this.options.onFailure(message);
    }
    if (this.wanted.size > 0) this.remarks.push(`${this.wanted.size} failed rows are still to be read, ${DETAILS_PER_LOOK} at each look.`);
  }

  /** Asks the planner, which reads no row, now and again: indexes come and go, and tables grow. */
  private async checkIndexes(snapshot: TableSnapshot, question: TableQuestion, now: number): Promise<void> {
    if (now - this.scans.checkedAt < CHECK_INDEXES_MS && now >= this.scans.checkedAt) return;
    const open = await snapshot.wouldScan('open');
    const asksFinished = question.done !== null && question.updatedAt !== null && question.createdAt !== null && question.key.length > 0;
    this.scans = { open, finished: asksFinished && await snapshot.wouldScan('finished'), checkedAt: now };
    const named = new Set([...Object.values(question.statuses), question.done]);
    this.unnamedStatuses = (await snapshot.statusValues()).filter((value) => !named.has(value)).slice(0, MOST_UNNAMED).map((value) => (value.length > LONGEST_STATUS ? `a longer text` : `"${value}"`));
  }

  private isThroughputKnown({ done, updatedAt, createdAt }: TableQuestion): boolean {
    return done !== null && updatedAt !== null && createdAt !== null && !this.scans.finished;
  }

  private remarksOn(question: TableQuestion, states: readonly OpenState[], isEverythingFollowed: boolean): string[] {
    const name = `${question.schema}.${question.table}`;
    const remarks: string[] = [];
    if (this.scans.finished) remarks.push(`Throughput of ${name} is not counted: finding finished rows would read the whole table.`);
    else if (question.done === null || question.updatedAt === null || question.createdAt === null) remarks.push(`Throughput of ${name} is not counted: that needs a value for "done" and the columns createdAt and updatedAt.`);
    if (question.key.length > 0 && !isEverythingFollowed) {
      remarks.push(states.length > 0
        ? `${name} has more than ${MOST_OPEN} open rows: only failed ones are followed one by one, and throughput is not counted.`
        : `${name} has more than ${MOST_FAILED} failed rows, or ${MOST_OPEN} open ones of which none can fail: they are only counted.`);
    }
    if (this.unnamedStatuses.length > 0) remarks.push(`Column ${question.statusColumn} of ${name} also holds ${this.unnamedStatuses.join(', ')}, which the contract does not name: such rows are in no figure.`);
    return remarks;
  }

  private loadNotes(): string[] {
    const name = `${this.table.schema}.${this.table.table}`;
    const every = `it is looked at every ${Math.round(this.pace.everyMs / 1000)} s.`;
    if (this.scans.open) return [`A look at ${name} reads the whole table because an index is missing; ${every}`];
    return this.pace.isSlowed() ? [`Looks at ${name} take long; ${every}`] : [];
  }

  private restart(signature: string): void {
    this.signature = signature;
    this.horizon = null;
    this.reach = new Reach();
    this.scans.checkedAt = Number.NEGATIVE_INFINITY;
    this.forgetRows('');
  }

  private forgetRows(followed: string): void {
    this.rows = null;
    this.followed = followed;
    this.restarts += 1;
  }
}
