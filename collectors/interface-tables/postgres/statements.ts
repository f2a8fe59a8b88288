/** The SQL that Signalbox sends to a table. Names are quoted, values are parameters, and columns keep their own types, so that indexes fit. */
import { OPEN_STATES, type OpenState, type TableQuestion, type TableShare } from '../dialect';

export interface Statement {
  sql: string;
  values: unknown[];
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function qualifiedName({ schema, table }: { schema: string; table: string }): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}

/** Collects values and hands out their places. Postgres infers each type from the column that it is compared with. */
export class Values {
  readonly list: unknown[] = [];
  place(value: unknown): string {
    return `$${this.list.push(value)}`;
  }
}

/** One row per state with `state`, `rows`, and per share i `rows_i` and `oldest_i` (Unix milliseconds). */
export function countOpen(question: TableQuestion): Statement {
  const values = new Values();
  const state = stateExpression(question, values);
  const where = conditions(question, values, openStatuses(question, OPEN_STATES), false);
  const shares = question.shares.map((share, index) => {
    const filter = ` FILTER (WHERE ${shareCondition(share, values)})`;
    const oldest = question.createdAt === null ? 'NULL' : milliseconds(`min(${quoteIdentifier(question.createdAt)})${filter}`);
    return `count(*)${filter} AS rows_${index}, ${oldest} AS oldest_${index}`;
  });
  return { sql: `SELECT ${state} AS state, count(*) AS rows, ${shares.join(', ')} FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')} GROUP BY 1`, values: values.list };
}

/** `key`, `state`, `shares` and `version` of rows that are not finished. */
export function openRows(question: TableQuestion, states: readonly OpenState[], since: bigint | null, limit: number): Statement {
  const values = new Values();
  const state = stateExpression(question, values);
  const where = [...conditions(question, values, openStatuses(question, states), true), ...changedSince(question, since, values)];
  return {
    sql: `SELECT ${keyExpression(question)} AS key, ${state} AS state, ${shareBits(question, values)} AS shares, ${versionExpression(question)} AS version FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')} LIMIT ${values.place(limit)}`,
    values: values.list,
  };
}

/** `key`, `shares` and `created` of finished rows that changed lately. Uses an index that begins with the column `updatedAt`. */
export function finishedRows(question: TableQuestion, fromMs: number, since: bigint | null, limit: number): Statement {
  const { done, updatedAt, createdAt } = question;
  if (done === null || updatedAt === null || createdAt === null) throw new RangeError('Finished rows are only asked for where done, updatedAt and createdAt are known.');
  const values = new Values();
  const where = [
    ...conditions(question, values, [done], true),
    `${quoteIdentifier(updatedAt)} >= to_timestamp(${values.place(fromMs / 1000)})`,
    ...changedSince(question, since, values),
  ];
  return {
    sql: `SELECT ${keyExpression(question)} AS key, ${shareBits(question, values)} AS shares, ${milliseconds(quoteIdentifier(createdAt))} AS created FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')} LIMIT ${values.place(limit)}`,
    values: values.list,
  };
}

/** `key`, `updated` and the columns as `c0`, `c1`, …, of rows in error. */
export function failedRows(question: TableQuestion, keys: readonly string[], columns: readonly string[]): Statement {
  const values = new Values();
  const where = [`${quoteIdentifier(question.statusColumn)} = ${values.place(question.statuses.error)}`, hasKey(question, keys, values)];
  const updated = question.updatedAt === null ? 'NULL' : milliseconds(quoteIdentifier(question.updatedAt));
  // A column may hold megabytes; nothing that a contract asks for is longer than its first thousand characters.
  const texts = columns.map((column, index) => `left(${quoteIdentifier(column)}::text, 1000) AS c${index}`);
  return { sql: `SELECT ${[`${keyExpression(question)} AS key`, `${updated} AS updated`, ...texts].join(', ')} FROM ${qualifiedName(question)} t WHERE ${where.join(' AND ')}`, values: values.list };
}

/**
 * Whether a row version may have become visible after the snapshot whose xmin was `since`.
 *
 * Proof that none is missed: every transaction with an id below a snapshot's xmin had ended when the snapshot was taken
 * (PostgreSQL manual, "Transaction ID and Snapshot Information Functions"), so what it committed was visible then. A row
 * version that became visible later was therefore written under an id of at least that xmin: by a transaction that was
 * still running, by one that began later, or by a subtransaction of these, whose id is larger than its parent's. `xip` of
 * the snapshot would be more exact but does not list subtransactions, so rows written inside a savepoint would be missed.
 * Timestamps and key order play no part: a transaction that stays open for hours holds xmin back for as long.
 *
 * `xmin` of a row has 32 bits and ids wrap around. Fewer than 2^31 ids are ever in use at once, so the difference modulo
 * 2^32 of a true change is below 2^31. Rows frozen long ago may look like changes: callers expect some too many.
 */
export function changedSince({ hasRowVersions }: TableQuestion, since: bigint | null, values: Values): string[] {
  if (since === null || !hasRowVersions) return [];
  return [`((t.xmin::text::bigint - ${values.place((since & 0xffff_ffffn).toString())}::bigint) & 4294967295) < 2147483648`];
}

/** Uses an index on the key where it is one column. */
export function hasKey(question: TableQuestion, keys: readonly string[], values: Values): string {
  const [only, ...others] = question.key;
  return only !== undefined && others.length === 0
    ? `${quoteIdentifier(only)} = ANY(${values.place(keys)})`
    : `${keyExpression(question)} = ANY(${values.place(keys)}::text[])`;
}

/** Another text after each committed change of a row. */
export function versionExpression({ hasRowVersions, updatedAt }: TableQuestion): string {
  return hasRowVersions ? 't.xmin::text' : updatedAt === null ? `''` : `${quoteIdentifier(updatedAt)}::text`;
}

/** A row is named by its key as text; several columns as a JSON array. */
export function keyExpression({ key }: TableQuestion): string {
  const texts = key.map((column) => `${quoteIdentifier(column)}::text`);
  return texts.length === 1 ? texts[0]! : `json_build_array(${texts.join(', ')})::text`;
}

export function openStatuses({ statuses }: TableQuestion, states: readonly OpenState[]): string[] {
  return states.map((state) => statuses[state]).filter((value) => value !== undefined);
}

export function stateExpression({ statusColumn, statuses }: TableQuestion, values: Values): string {
  const cases = OPEN_STATES.flatMap((state) => (statuses[state] === undefined ? [] : [`WHEN ${quoteIdentifier(statusColumn)} = ${values.place(statuses[state])} THEN '${state}'`]));
  return `CASE ${cases.join(' ')} END`;
}

/** Rows of these statuses in any share. */
export function conditions(question: TableQuestion, values: Values, statuses: readonly string[], needsKey: boolean): string[] {
  const where = [`${quoteIdentifier(question.statusColumn)} = ANY(${values.place(statuses)})`, ...shareConditions(question, values)];
  if (needsKey) where.push(...question.key.map((column) => `${quoteIdentifier(column)} IS NOT NULL`));
  return where;
}

/** Columns that all shares restrict are named once more by all their values, because a planner can use that. */
export function shareConditions({ shares }: TableQuestion, values: Values): string[] {
  const where: string[] = [];
  const [first, ...others] = shares;
  if (first !== undefined && shares.every((share) => Object.keys(share.where).length > 0)) {
    for (const column of Object.keys(first.where).filter((name) => others.every((share) => share.where[name] !== undefined))) {
      where.push(`${quoteIdentifier(column)} = ANY(${values.place([...new Set(shares.flatMap((share) => share.where[column] ?? []))])})`);
    }
    where.push(`(${shares.map((share) => shareCondition(share, values)).join(' OR ')})`);
  }
  return where;
}

function shareCondition({ where }: TableShare, values: Values): string {
  const columns = Object.entries(where);
  return columns.length === 0 ? 'true' : columns.map(([column, wanted]) => `${quoteIdentifier(column)} = ANY(${values.place(wanted)})`).join(' AND ');
}

/** Bit i is share i. Sums of doubles are exact up to 2^53, more shares than a table can have here. */
function shareBits({ shares }: TableQuestion, values: Values): string {
  return shares.map((share, index) => `CASE WHEN ${shareCondition(share, values)} THEN ${2 ** index}::float8 ELSE 0 END`).join(' + ');
}

/** Columns without a time zone are read in the server's, as Postgres itself does. */
function milliseconds(expression: string): string {
  return `(extract(epoch FROM (${expression})::timestamptz) * 1000)::float8`;
}
