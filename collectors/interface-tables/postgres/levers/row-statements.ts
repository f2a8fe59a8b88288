/** The SQL by which levers look at single rows and move them from state to state. */
import { OPEN_STATES, type OpenState, type TableQuestion } from '../../dialect';
import type { RowMove } from '../../lever-dialect';
import { Values, changedSince, conditions, hasKey, keyExpression, openStatuses, qualifiedName, quoteIdentifier, shareConditions, stateExpression, versionExpression, type Statement } from '../statements';

/** A column may hold megabytes; nothing that a contract asks for is longer than this. */
const LONGEST = 1000;

/** `key`, `version` and the columns as `c0`, `c1`, …, oldest first. */
export function rowsIn(question: TableQuestion, state: OpenState, keys: readonly string[] | null, columns: readonly string[], limit: number): Statement {
  const values = new Values();
  const where = [...conditions(question, values, openStatuses(question, [state]), true), ...(keys === null ? [] : [hasKey(question, keys, values)])];
  const texts = columns.map((column, index) => `left(${quoteIdentifier(column)}::text, ${LONGEST}) AS c${index}`);
  return {
    sql: `SELECT ${[`${keyExpression(question)} AS key`, `${versionExpression(question)} AS version`, ...texts].join(', ')} FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')} ORDER BY ${oldestFirst(question)} LIMIT ${values.place(limit)}`,
    values: values.list,
  };
}

/** `key` and `state`, which is null for rows that are finished. */
export function statesOf(question: TableQuestion, keys: readonly string[]): Statement {
  const values = new Values();
  const state = stateExpression(question, values);
  const where = [...shareConditions(question, values), hasKey(question, keys, values)];
  return { sql: `SELECT ${keyExpression(question)} AS key, ${state} AS state FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')}`, values: values.list };
}

/** `key`, `state` (null: finished) and `after`. Finished rows are found by an index that begins with the column `updatedAt`. */
export function changedRows(question: TableQuestion, since: bigint, mark: bigint, finishedFromMs: number | null, limit: number): Statement {
  const values = new Values();
  const after = `((t.xmin::text::bigint - ${values.place((mark & 0xffff_ffffn).toString())}::bigint - 1) & 4294967295) < 2147483648 AS after`;
  const state = stateExpression(question, values);
  const part = (what: string, where: readonly string[]) =>
    `SELECT ${keyExpression(question)} AS key, ${what} AS state, ${after} FROM ${qualifiedName(question)} t WHERE ${[...where, ...changedSince(question, since, values)].join(' AND ')}`;
  const parts = [part(state, conditions(question, values, openStatuses(question, OPEN_STATES), true))];
  if (finishedFromMs !== null && question.done !== null && question.updatedAt !== null) {
    parts.push(part('NULL', [...conditions(question, values, [question.done], true), `${quoteIdentifier(question.updatedAt)} >= to_timestamp(${values.place(finishedFromMs / 1000)})`]));
  }
  return { sql: `${parts.join(' UNION ALL ')} LIMIT ${values.place(limit)}`, values: values.list };
}

/**
 * Moves rows and returns `key` of each. Rows that another session has locked are left out instead of waited for. A row that
 * another session changed after this statement began is looked at anew once it is locked, so `from` and the version hold
 * for what is really changed.
 */
export function moveRows(question: TableQuestion, { from, to, rows, limit, set, attempts, touched }: RowMove): Statement {
  const values = new Values();
  const where = conditions(question, values, openStatuses(question, [from]), true);
  if (rows !== null) {
    const keys = rows.map(({ key }) => key);
    where.push(
      hasKey(question, keys, values),
      `(${keyExpression(question)}, ${versionExpression(question)}) IN (SELECT * FROM unnest(${values.place(keys)}::text[], ${values.place(rows.map(({ version }) => version))}::text[]))`,
    );
  }
  // Names of our own, because columns of the table may be called anything.
  const own = (index: number) => `signalbox_key_${index}`;
  const mine = question.key.map((column, index) => `${quoteIdentifier(column)} AS ${own(index)}`).join(', ');
  const changes: string[] = [];
  if (to !== undefined) changes.push(`${quoteIdentifier(question.statusColumn)} = ${values.place(question.statuses[to])}`);
  if (set !== undefined) changes.push(`${quoteIdentifier(set.column)} = ${values.place(set.value)}`);
  if (attempts !== undefined) changes.push(`${quoteIdentifier(attempts)} = coalesce(t.${quoteIdentifier(attempts)}, 0) + 1`);
  if (touched !== undefined) changes.push(`${quoteIdentifier(touched)} = clock_timestamp()`);
  return {
    sql: `WITH mine AS MATERIALIZED (
        SELECT ${mine} FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')} ORDER BY ${oldestFirst(question)} LIMIT ${values.place(limit)} FOR UPDATE SKIP LOCKED
      ) UPDATE ${qualifiedName(question)} t SET ${changes.join(', ')} FROM mine
      WHERE ${question.key.map((column, index) => `t.${quoteIdentifier(column)} = mine.${own(index)}`).join(' AND ')} RETURNING ${keyExpression(question)} AS key`,
    values: values.list,
  };
}

function oldestFirst({ createdAt, key }: TableQuestion): string {
  return [...(createdAt === null ? [] : [createdAt]), ...key].map((column) => `t.${quoteIdentifier(column)}`).join(', ');
}

/** Sessions that have written to the table in a transaction that began before the change `$3`. Everybody may read locks. */
export const WRITERS_BEFORE = `
  SELECT count(DISTINCT own.pid) AS writers FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_locks held ON held.locktype = 'relation' AND held.mode IN ('RowShareLock', 'RowExclusiveLock') AND held.granted
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (held.relation = c.oid OR held.relation IN (SELECT relid FROM pg_partition_tree(c.oid)))
  JOIN pg_locks own ON own.pid = held.pid AND own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND own.granted
  WHERE n.nspname = $1 AND c.relname = $2 AND own.pid <> pg_backend_pid()
    AND (($3::bigint - own.transactionid::text::bigint - 1) & 4294967295) < 2147483648`;

/** Which columns the user may update, whether `$4` names one row each, and whether the server only reads. */
export const RIGHTS = `
  SELECT pg_is_in_recovery() AS replica,
    (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY($3::text[])
      AND has_column_privilege(c.oid, a.attnum, 'UPDATE')) AS updatable,
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1])) <@ $4::text[]) AS is_unique
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`;
