/** Questions to one table inside one transaction's snapshot. */
import type { FailedRow, FinishedRow, Horizon, OpenCount, OpenRow, OpenState, TableQuestion, TableSnapshot } from '../dialect';
import { IDENTITY, namesOf } from './catalog';
import type { PostgresConnection, TextRow } from './connection';
import { isWasteful } from './index-advice';
import * as statements from './statements';
import type { Statement } from './statements';

/**
 * `txid_…` exist since PostgreSQL 8.3 and still do in 18. Starts of transactions are visible for our own user, and for
 * others with pg_read_all_stats. Readers that began long ago will hardly write, and looking back so far would be dear.
 */
const HORIZON = `
  SELECT txid_snapshot_xmin(txid_current_snapshot()) AS oldest, txid_snapshot_xmax(txid_current_snapshot()) AS next,
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock,
    (SELECT (extract(epoch FROM min(xact_start)) * 1000)::float8 FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND (backend_xid IS NOT NULL OR xact_start > clock_timestamp() - interval '15 minutes')) AS started,
    (SELECT ${IDENTITY} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2) AS identity`;

const STATUS_VALUES = `
  SELECT to_json(s.most_common_vals::text::text[]) AS list FROM pg_stats s
  WHERE s.schemaname = $1 AND s.tablename = $2 AND s.attname = $3 AND s.most_common_vals IS NOT NULL LIMIT 1`;

export function snapshotOf(connection: PostgresConnection, question: TableQuestion, subject: string): TableSnapshot {
  const ask = ({ sql, values }: Statement): Promise<TextRow[]> => connection.query(sql, values, subject);
  return {
    async horizon(): Promise<Horizon> {
      const [row] = await connection.query(HORIZON, [question.schema, question.table], subject);
      return { oldestOpen: BigInt(row?.oldest ?? 0), next: BigInt(row?.next ?? 0), clockMs: Number(row?.clock), oldestStartMs: instantOf(row?.started), identity: row?.identity ?? '' };
    },
    async countOpen(): Promise<OpenCount[]> {
      const rows = await ask(statements.countOpen(question));
      return rows.map((row) => ({
        state: row.state as OpenState,
        rows: BigInt(row.rows ?? 0),
        shares: question.shares.map((_, index) => ({ rows: BigInt(row[`rows_${index}`] ?? 0), oldestCreatedMs: instantOf(row[`oldest_${index}`]) })),
      }));
    },
    async openRows(states, since, limit): Promise<OpenRow[]> {
      const rows = await ask(statements.openRows(question, states, since, limit));
      return rows.map(({ key, state, shares, version }) => ({ key: key ?? '', state: state as OpenState, shares: Number(shares), version: version ?? '' }));
    },
    async finishedRows(fromMs, since, limit): Promise<FinishedRow[]> {
      const rows = await ask(statements.finishedRows(question, fromMs, since, limit));
      return rows.map(({ key, shares, created }) => ({ key: key ?? '', shares: Number(shares), createdMs: instantOf(created) }));
    },
    async failedRows(keys, columns): Promise<FailedRow[]> {
      const rows = await ask(statements.failedRows(question, keys, columns));
      return rows.map((row) => ({
        key: row.key ?? '',
        updatedMs: instantOf(row.updated),
        columns: Object.fromEntries(columns.map((column, index) => [column, row[`c${index}`] ?? null])),
      }));
    },
    async wouldScan(what): Promise<boolean> {
      const { sql, values } = what === 'open' ? statements.countOpen(question) : statements.finishedRows(question, Date.now(), null, 1_000_000);
      const [row] = await connection.query(`EXPLAIN (FORMAT JSON) ${sql}`, values, subject);
      return isWasteful(row?.['QUERY PLAN'] ?? '[]');
    },
    async statusValues(): Promise<string[]> {
      const [row] = await connection.query(STATUS_VALUES, [question.schema, question.table, question.statusColumn], subject);
      return namesOf(row?.list).map((value) => value.trim());
    },
  };
}

/** Unix milliseconds; null for "never" (`infinity`) and absent values. */
function instantOf(text: string | null | undefined): number | null {
  const ms = text === null || text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(ms) ? ms : null;
}
