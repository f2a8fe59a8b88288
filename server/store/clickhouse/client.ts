import { Readable } from 'node:stream';
import { ClickHouseError, createClient, type ClickHouseSettings } from '@clickhouse/client';
import type { z } from 'zod';

/** Server-side bounds of a read that does not ask for others. */
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_ROWS = 100_000;
/** Of a statement, in bytes, by the server's default. */
const MAX_QUERY_SIZE = 262_144;

export interface Read {
  /** Name of the question; stands in `log_comment`, so that a slow query can be found and blamed. */
  name: string;
  /** SQL with `{param:Type}` placeholders and without a FORMAT clause. */
  sql: string;
  params?: Record<string, unknown>;
  /** Sets that are too large for a parameter: hexadecimal digests with commas between, for `{name:Digests}` in the SQL. */
  digests?: Record<string, string>;
  timeoutMs?: number;
  maxRows?: number;
  /** Aborting closes the connection, and the engine cancels the query. */
  signal?: AbortSignal;
}

export interface BlockInsert {
  table: string;
  columns: readonly string[];
  /** One block in ClickHouse `Native` format. */
  body: Buffer;
  /** Deduplication token: protects a retry in the life of one engine process, and no longer. */
  token: string;
  queryId: string;
}

export interface ClickHouse {
  readonly database: string;
  /** Rows parsed by `schema`; 64-bit integers arrive as strings. Throws ClickHouseFailure. */
  query<T>(read: Read & { schema: z.ZodType<T> }): Promise<T[]>;
  /** The same answer as one array per column, for results too large for row objects. */
  queryColumns(read: Read): Promise<Record<string, unknown[]>>;
  /** A statement without a result. */
  command(sql: string, options?: { settings?: ClickHouseSettings; params?: Record<string, unknown> }): Promise<void>;
  /** Low-volume rows as JSON. Use `insertBlock` for anything frequent. */
  insertRows(table: string, rows: readonly Record<string, unknown>[]): Promise<void>;
  /** Inserts one block; resolves when raw table and all views have it. */
  insertBlock(insert: BlockInsert): Promise<void>;
  /** Throws ClickHouseFailure when the server does not answer within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A failed call. `answered` tells the two cases apart that matter to a writer: the server said no (`code` is its error
 * code), or nobody knows what happened because the connection broke.
 */
export class ClickHouseFailure extends Error {
  readonly answered: boolean;
  readonly code: number | null;

  constructor(what: string, cause: unknown) {
    const server = cause instanceof ClickHouseError ? cause : null;
    super(`ClickHouse ${what}: ${server ? `error ${server.code}, ${firstSentence(server.message)}` : connectionProblem(cause)}`, { cause });
    this.name = 'ClickHouseFailure';
    this.answered = server !== null;
    this.code = server ? Number(server.code) : null;
  }
}

function firstSentence(message: string): string {
  return message.split('\n', 1)[0]!.slice(0, 300);
}

function connectionProblem(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer';
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED') return 'not reachable (connection refused); is it running?';
  return code ? `connection failed (${code})` : `no answer (${cause.message.slice(0, 200)})`;
}

/** A parameter takes 128 KiB at most, so digests are written into the statement: they are nothing but hexadecimal digits and commas. */
function withDigests({ sql, digests = {} }: Pick<Read, 'sql' | 'digests'>): string {
  return Object.entries(digests).reduce((statement, [name, set]) => {
    if (!/^[\dA-F,]*$/.test(set)) throw new TypeError(`The set ${name} holds something else than digests.`);
    return statement.replaceAll(`{${name}:Digests}`, `'${set}'`);
  }, sql);
}

/** Separates `http://user:password@host:port/database` into what the driver wants. */
export function parseClickHouseUrl(url: string): { url: string; username: string; password: string; database: string } {
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.replace(/^\//, '')) || 'signalbox';
  return {
    url: `${parsed.protocol}//${parsed.host}`,
    username: decodeURIComponent(parsed.username) || 'default',
    password: decodeURIComponent(parsed.password),
    database,
  };
}

/**
 * @param url http(s)://user:password@host:port/database
 * @param options.name stands in `http_user_agent` of the server's process list
 */
export function connectClickHouse(url: string, options: { name: string; maxConnections?: number }): ClickHouse {
  const target = parseClickHouseUrl(url);
  const client = createClient({
    ...target,
    application: options.name,
    max_open_connections: options.maxConnections ?? 8,
    request_timeout: 60_000,
    // Below the server's keep_alive_timeout (10 s by default): an idle socket must be closed by us, not under us.
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    compression: { request: false, response: false },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    log: { LoggerClass: SilentLogger },
  });

  const bounds = (read: Read): ClickHouseSettings => ({
    log_comment: read.name,
    max_execution_time: Math.ceil((read.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1000),
    max_result_rows: String(read.maxRows ?? DEFAULT_MAX_ROWS),
    result_overflow_mode: 'throw',
    ...(read.digests === undefined ? {} : { max_query_size: String(MAX_QUERY_SIZE + Object.values(read.digests).reduce((sum, { length }) => sum + length, 0)) }),
  });

  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw error instanceof ClickHouseFailure ? error : new ClickHouseFailure(what, error);
    }
  };

  return {
    database: target.database,
    query: (read) =>
      attempt(`query "${read.name}"`, async () => {
        const result = await client.query({
          query: withDigests(read), query_params: read.params, format: 'JSONEachRow', abort_signal: read.signal, clickhouse_settings: bounds(read),
        });
        const rows = await result.json<unknown>();
        return rows.map((row) => read.schema.parse(row));
      }),
    queryColumns: (read) =>
      attempt(`query "${read.name}"`, async () => {
        const result = await client.query({
          query: read.sql, query_params: read.params, format: 'JSONColumnsWithMetadata', abort_signal: read.signal, clickhouse_settings: bounds(read),
        });
        const body = (await result.json()) as unknown as { data: Record<string, unknown[]> };
        return body.data;
      }),
    command: (sql, { settings, params } = {}) =>
      attempt('command', async () => {
        await client.command({ query: sql, query_params: params, clickhouse_settings: { wait_end_of_query: 1, ...settings } });
      }),
    insertRows: (table, rows) =>
      attempt(`insert into ${table}`, async () => {
        if (rows.length === 0) return;
        await client.insert({ table, values: rows, format: 'JSONEachRow', clickhouse_settings: { async_insert: 0 } });
      }),
    insertBlock: (insert) =>
      attempt(`insert into ${insert.table}`, async () => {
        const columns = insert.columns.map((name) => `\`${name}\``).join(', ');
        const { stream } = await client.exec({
          query: `INSERT INTO ${insert.table} (${columns}) FORMAT Native`,
          values: Readable.from([insert.body], { objectMode: false }),
          query_id: insert.queryId,
          clickhouse_settings: {
            async_insert: 0,
            insert_deduplicate: 1,
            insert_deduplication_token: insert.token,
            deduplicate_blocks_in_dependent_materialized_views: 1,
            // Without this the status line is sent before views have run, and an error would arrive inside a 200.
            wait_end_of_query: 1,
            log_comment: `insert ${insert.table}`,
          },
        });
        for await (const _ of stream) void _;
      }),
    ping: () =>
      attempt('ping', async () => {
        const result = await client.ping();
        if (!result.success) throw result.error;
      }),
    close: () => client.close(),
  };
}

/** Failures are thrown with their cause; the driver's own log would print query parameters. */
class SilentLogger {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}
