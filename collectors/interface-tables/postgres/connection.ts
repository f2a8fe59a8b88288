/** One bounded connection, read-only but for transactions that say otherwise: everything comes back as text, and every failure as a sentence. */
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import type { Credentials, PostgresSettings } from '@/server/domain/sources/connection';
import { SourceProblem, type SessionLimits } from '../dialect';
import { problemOf } from './problems';

export type TextRow = Record<string, string | null>;

const CONNECT_MS = 5_000;
/** What the network may add to a statement before the connection counts as dead. */
const NETWORK_MS = 3_000;
const IDLE_IN_TRANSACTION_MS = 10_000;

export interface PostgresConnection {
  isUsable(): boolean;
  /** @throws SourceProblem */
  query(sql: string, values?: readonly unknown[], subject?: string): Promise<TextRow[]>;
  /** In one snapshot that cannot write. Ends it whatever happens. @throws SourceProblem */
  inSnapshot<T>(subject: string, work: () => Promise<T>): Promise<T>;
  /**
   * In a transaction that may write; the only ones that may. Undone when `work` throws or answers null.
   * @throws SourceProblem also when the connection breaks during the commit: nobody knows then whether it happened
   */
  inTransaction<T>(subject: string, work: () => Promise<T | null>): Promise<T | null>;
  close(): Promise<void>;
}

/** @throws SourceProblem */
export async function openConnection(settings: PostgresSettings, credentials: Credentials, { statementMs, lockMs }: SessionLimits, name = 'signalbox-tap'): Promise<PostgresConnection> {
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: credentials.user,
    // As a function, because the library takes an empty text for "not given" and then sends what PGPASSWORD or ~/.pgpass
    // hold: passwords of other servers, to an address that somebody entered.
    password: () => credentials.password,
    ssl: tlsOf(settings),
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementMs,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: statementMs + NETWORK_MS,
    keepAlive: true,
    // A role that may write gets no chance to: every transaction of ours is read-only from the start. `jit` would cost
    // more than our short statements, and a parallel scan would take workers from the application.
    options: '-c default_transaction_read_only=on -c jit=off -c max_parallel_workers_per_gather=0',
    types: { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig,
  });
  const context = { host: settings.host, port: settings.port, database: settings.database, user: credentials.user };
  let usable = true;
  client.on('error', () => { usable = false; });
  client.on('end', () => { usable = false; });

  async function close(): Promise<void> {
    usable = false;
    await client.end().catch(() => undefined);
  }

  async function query(sql: string, values: readonly unknown[] = [], subject?: string): Promise<TextRow[]> {
    try {
      const result = await client.query<TextRow>({ text: sql, values: [...values] });
      return result.rows;
    } catch (error) {
      // A client-side time-out leaves the question on the wire: nothing more can be asked on this connection.
      if (error instanceof Error && error.message === 'Query read timeout') {
        void close();
        throw problemOf({ code: 'CLIENT_TIMEOUT' }, context, null);
      }
      throw problemOf(error, context, usable ? (subject ?? null) : null);
    }
  }

  try {
    await client.connect();
  } catch (error) {
    usable = false;
    void client.end().catch(() => undefined);
    throw problemOf(error, context, null);
  }

  return {
    isUsable: () => usable,
    query,
    async inSnapshot(subject, work) {
      await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', [], subject);
      try {
        return await work();
      } finally {
        // Nothing was written, so there is nothing to commit; a rollback also ends a failed transaction.
        if (usable) await query('ROLLBACK').catch((error: unknown) => { if (!(error instanceof SourceProblem)) throw error; });
      }
    },
    async inTransaction(subject, work) {
      await query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE', [], subject);
      let result: Awaited<ReturnType<typeof work>> = null;
      try {
        // What is committed must survive a crash of the server: a journal relies on it.
        await query(`SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`, [], subject);
        result = await work();
      } finally {
        if (result === null && usable) await query('ROLLBACK').catch((error: unknown) => { if (!(error instanceof SourceProblem)) throw error; });
      }
      if (result !== null) await query('COMMIT', [], subject);
      return result;
    },
    close,
  };
}

/** `require` encrypts without proving who answers; `verify-full` proves it, also for addresses and renamed servers. */
function tlsOf({ encryption, tls, host }: PostgresSettings): false | Exclude<pg.ClientConfig['ssl'], undefined> {
  if (encryption === 'disable') return false;
  if (encryption === 'require') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(tls?.serverName ?? host, certificate),
  };
}
