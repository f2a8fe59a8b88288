/** The statement of a probe, on the connection that looks: read-only, bounded, with the values as parameters. */
import type { Credentials, PostgresSettings } from '@/server/domain/sources/connection';
import type { ConfiguredSource } from '../../runtime/taps/configured-sources';
import { SourceProblem } from '../dialect';
import { openConnection, type PostgresConnection } from './connection';

/** A source that can be asked, or why not, in a sentence. */
export type AskedSource = { settings: PostgresSettings; observe: Credentials; revision: string } | { problem: string };

export function askedSource(sourceId: string, configured: readonly ConfiguredSource[]): AskedSource {
  const found = configured.find(({ id }) => id === sourceId);
  if (found === undefined) return { problem: `Source ${sourceId} is not connected: add "connect" to it in the Sources document, or connect it under Settings → Sources.` };
  const { source, revision } = found;
  if (source === null) return { problem: found.problem ?? `Source ${sourceId} cannot be reached.` };
  if (source.kind !== 'postgres' || !('host' in source.settings)) return { problem: `Source ${sourceId} is no PostgreSQL database, so no statement can be asked there.` };
  if (source.observe === null) return { problem: `Source ${sourceId} has no user to look with.` };
  return { settings: source.settings, observe: source.observe, revision };
}

const LIMITS = { statementMs: 3_000, lockMs: 250 };
const IDLE_MS = 30_000;

export interface RowCounter {
  /** @returns 1 where the statement finds any row, else 0. @throws Error with a sentence for people, without a value */
  countRows(sourceId: string, sql: string, values: readonly string[], signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

interface Line {
  revision: string;
  connection: PostgresConnection | null;
  /** Questions to one database wait for each other. */
  turn: Promise<unknown>;
  idle: NodeJS.Timeout | undefined;
}

/** One connection per database, opened when it is asked and closed when it is idle. */
export function createRowCounter(sourceOf: (sourceId: string) => AskedSource): RowCounter {
  const lines = new Map<string, Line>();

  async function connectionOf(sourceId: string, line: Line): Promise<PostgresConnection> {
    const source = sourceOf(sourceId);
    if ('problem' in source) throw new SourceProblem(source.problem, 'database', 'missing');
    if (line.connection?.isUsable() && line.revision === source.revision) return line.connection;
    await line.connection?.close();
    line.connection = await openConnection(source.settings, source.observe, LIMITS, 'signalbox-probe');
    line.revision = source.revision;
    return line.connection;
  }

  async function ask(sourceId: string, line: Line, sql: string, values: readonly string[], signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    clearTimeout(line.idle);
    const connection = await connectionOf(sourceId, line);
    const stop = () => void connection.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      // As a subquery a statement can only be one, can only read, and stops at its first row. The line break ends a comment.
      const rows = await connection.inSnapshot('the tables of the probe', () => connection.query(`SELECT 1 AS found FROM (${sql}\n) AS asked LIMIT 1`, values, 'the tables of the probe'));
      return rows.length;
    } finally {
      signal.removeEventListener('abort', stop);
      line.idle = setTimeout(() => void line.connection?.close(), IDLE_MS).unref();
    }
  }

  return {
    async countRows(sourceId, sql, values, signal) {
      const line = lines.get(sourceId) ?? { revision: '', connection: null, turn: Promise.resolve(), idle: undefined };
      lines.set(sourceId, line);
      const answer = line.turn.then(() => ask(sourceId, line, sql, values, signal));
      line.turn = answer.catch(() => undefined);
      try {
        return await answer;
      } catch (error) {
        if (signal.aborted) throw new Error('The question was given up, because the operation was stopped.', { cause: error });
        if (error instanceof SourceProblem && error.state === 'refused') throw new Error('The database refused the statement of the probe: it is wrong, or a value of the message does not fit the type of its column.', { cause: error });
        if (error instanceof SourceProblem) throw error;
        // Texts of a library may quote what was asked.
        throw new Error('The database could not be asked.', { cause: error });
      }
    },
    async close() {
      await Promise.all([...lines.values()].map(async (line) => {
        clearTimeout(line.idle);
        await line.turn;
        await line.connection?.close();
      }));
    },
  };
}
