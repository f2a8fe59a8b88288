/** Watches all tables of a source that contracts name, one short transaction per table at each instant of the poll grid. */
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import type { SourceSample } from '@/server/domain/taps/facts';
import type { ConnectedSource, TapContext, TapReport } from '../../runtime/taps/connector';
import { contractTables } from '../contract-tables';
import { SourceProblem, type DatabaseSession, type ServerFacts, type TableDialect } from '../dialect';
import { FailureOutbox } from './failure-outbox';
import { failedSamples, samplesOf } from './samples';
import { TableWatch } from './table-watch';

const LONGEST_BACK_OFF_MS = 30_000;
const LOCK_MS = 250;

/** A statement may take most of an interval, but never so long that it weighs on the server. */
const statementLimit = (intervalMs: number) => Math.min(10_000, Math.max(1_000, intervalMs * 0.8));

export async function tapTables<K extends ConnectableKind>(dialect: TableDialect<SettingsByKind[K]>, source: ConnectedSource<K>, context: TapContext): Promise<void> {
  const tap = new TablesTap(dialect, source, context);
  context.signal.addEventListener('abort', () => void tap.close(), { once: true });
  try {
    await context.everyGridInstant((sampleTime) => tap.look(sampleTime));
  } finally {
    await tap.close();
  }
}

class TablesTap<K extends ConnectableKind> {
  private readonly intervalMs: number;
  private readonly life: string;
  private readonly outbox: FailureOutbox;
  /** Tables whose failed rows of former lives of the tap may have left meanwhile. */
  private unreconciled = new Map<string, { stillFailed: ReadonlySet<string>; seenBefore: number }>();
  private watches = new Map<string, TableWatch>();
  private session: DatabaseSession | null = null;
  private connecting: Promise<DatabaseSession> | null = null;
  private connections = 0;
  private failedConnects = 0;
  private nextConnectAt = Number.NEGATIVE_INFINITY;
  private lastSuccessAt: number | null = null;
  private lastProblem: SourceProblem | null = null;

  constructor(private readonly dialect: TableDialect<SettingsByKind[K]>, private readonly source: ConnectedSource<K>, private readonly context: TapContext) {
    this.intervalMs = source.settings.pollSeconds * 1000;
    this.life = `${context.fence}.${context.now().toString(36)}`;
    this.outbox = new FailureOutbox(context.sink);
  }

  async look(sampleTime: number): Promise<void> {
    const contracts = this.context.contracts();
    this.follow(contractTables(this.source.id, contracts));
    const started = performance.now();
    try {
      const { connections } = this;
      const session = await this.connected();
      const server = await session.server();
      const watches = [...this.watches.values()];
      const facts = await session.tables(watches.map(({ table }) => table));
      for (const [index, watch] of watches.entries()) {
        if (this.context.signal.aborted) return;
        if (connections === this.connections && !watch.pace.isDue(sampleTime)) continue;
        await watch.look(session, facts[index] ?? null, { sampleTime, now: this.context.now(), mapper: contracts.mapper, connection: this.connections });
      }
      this.succeeded(sampleTime, performance.now() - started, server);
    } catch (error) {
      if (this.context.signal.aborted) return;
      if (!(error instanceof SourceProblem)) throw error;
      await this.failed(error, sampleTime, performance.now() - started);
    }
    void this.outbox.deliver();
    void this.reconcile();
  }

  /** What storage cannot do now is asked again after the next look. */
  private async reconcile(): Promise<void> {
    const waiting = this.unreconciled;
    this.unreconciled = new Map();
    for (const [channelId, known] of waiting) {
      const isDone = await this.context.sink.resolveFailures(channelId, known).then(() => true, () => false);
      if (!isDone && !this.unreconciled.has(channelId)) this.unreconciled.set(channelId, known);
    }
  }

  async close(): Promise<void> {
    const { session, connecting } = this;
    this.session = null;
    await session?.close();
    await (await connecting?.catch(() => null))?.close();
  }

  /** Contracts may change at any look; a table that stays keeps what is known of it. */
  private follow(tables: ReturnType<typeof contractTables>): void {
    this.watches = new Map(tables.map((table) => {
      const watch = this.watches.get(table.channelId) ?? new TableWatch(table, {
        sourceId: this.source.id, intervalMs: this.intervalMs, life: this.life, indexAdvice: (question, what) => this.dialect.indexAdvice(question, what),
        onFailure: (message) => this.outbox.put(message),
        onKnown: (stillFailed, now) => this.unreconciled.set(table.channelId, { stillFailed, seenBefore: now }),
      });
      watch.table = table;
      return [table.channelId, watch];
    }));
  }

  private async connected(): Promise<DatabaseSession> {
    if (this.session?.isUsable()) return this.session;
    this.session = null;
    const { observe, settings } = this.source;
    if (!observe) throw new SourceProblem('The source has no credentials. Enter a user and a password under Settings → Sources.', 'database', 'denied');
    if (this.lastProblem && performance.now() < this.nextConnectAt) throw this.lastProblem;
    this.connecting = this.dialect.connect(settings, observe, { statementMs: statementLimit(this.intervalMs), lockMs: LOCK_MS });
    try {
      this.session = await this.connecting;
    } catch (error) {
      this.failedConnects += 1;
      this.nextConnectAt = performance.now() + Math.min(LONGEST_BACK_OFF_MS, 1_000 * 2 ** this.failedConnects);
      throw error;
    } finally {
      this.connecting = null;
    }
    this.failedConnects = 0;
    this.connections += 1;
    return this.session;
  }

  private succeeded(sampleTime: number, latencyMs: number, server: ServerFacts): void {
    const watches = [...this.watches.values()];
    const of = { sourceId: this.source.id, channelType: this.dialect.channelType, sampleTime };
    const sample: SourceSample = {
      kind: 'sourceSample', sourceId: this.source.id, sampleTime, ok: true, error: '', latencyMs: Math.round(latencyMs), alarms: [], blockedConnections: null,
      channels: watches.filter(({ problem }) => problem === null).length, clockDifferenceMs: Math.round(server.clockMs - server.askedAtMs),
    };
    this.context.sink.samples([sample, ...watches.flatMap((watch) => samplesOf(watch, of))]);
    this.lastSuccessAt = this.context.now();
    this.lastProblem = null;
    this.context.report(this.reportOf(watches, latencyMs, server));
  }

  private async failed(problem: SourceProblem, sampleTime: number, latencyMs: number): Promise<void> {
    this.lastProblem = problem;
    const broken = this.session;
    this.session = null;
    // A refusal may be cured on the server, and only a new connection sees new rights and settings.
    await broken?.close();
    const { sink } = this.context;
    const of = { sourceId: this.source.id, channelType: this.dialect.channelType, sampleTime };
    sink.samples([
      { kind: 'sourceSample', sourceId: this.source.id, sampleTime, ok: false, error: problem.message, latencyMs: Math.round(latencyMs), alarms: [], blockedConnections: null, channels: 0, clockDifferenceMs: null },
      ...[...this.watches.values()].flatMap((watch) => failedSamples(watch, problem.message, of)),
    ]);
    this.context.report({ status: 'down', summary: problem.message, lastSuccessAt: this.lastSuccessAt, latencyMs: null, rows: null, lastError: problem.message, detail: { tables: this.watches.size } });
  }

  private reportOf(watches: readonly TableWatch[], latencyMs: number, server: ServerFacts): TapReport {
    const problems = watches.flatMap(({ problem }) => (problem === null ? [] : [problem.message]));
    const advice = watches.flatMap((watch) => watch.advice());
    const notes = [...watches.flatMap((watch) => watch.notes()), ...(this.outbox.problem === null ? [] : [this.outbox.problem])];
    const slowed = watches.filter(({ pace }) => pace.isSlowed()).length;
    const first = problems[0] ?? (slowed > 0 || advice.length > 0 ? `${slowed} of ${watches.length} tables are looked at less often, and ${advice.length} indexes would help.` : undefined);
    const everything = watches.length === 0 ? 'Connected; no contract names a table of this source yet.' : `${watches.length} tables are looked at every ${this.intervalMs / 1000} s.`;
    return {
      status: first === undefined ? 'ok' : 'warning',
      summary: problems.length > 1 ? `${first} ${problems.length - 1} more tables have problems.` : first ?? everything,
      lastSuccessAt: this.lastSuccessAt,
      latencyMs: Math.round(latencyMs),
      rows: watches.length,
      lastError: problems[0] ?? null,
      detail: {
        version: server.version, tables: watches.length, tablesWithProblems: problems.length, tablesLookedAtLessOften: slowed,
        failedRowsWaitingToBeStored: this.outbox.size, problems, notes, indexAdvice: advice,
      },
    };
  }
}
