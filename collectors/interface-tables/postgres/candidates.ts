/** Tables with their columns and what statistics, constraints and types know of the values of status columns. */
import type { CandidateColumn, CandidateTable, TableName } from '../dialect';
import { NOT_SYSTEM, kindOf, namesOf } from './catalog';
import type { PostgresConnection } from './connection';
import { qualifiedName, quoteIdentifier } from './statements';

/** Values are read only of columns whose name says that they hold a state: others may identify somebody. */
const STATUS_NAME = '(stat(us|e)?|flag|processed|posted)';
const MOST_VALUES = 24;

const CANDIDATES = `
  SELECT n.nspname AS schema, c.relname AS name, c.relkind, c.reltuples, count(*) OVER () AS found,
    (SELECT json_agg(a.attname ORDER BY array_position(i.indkey::int2[], a.attnum)) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
     WHERE i.indrelid = c.oid AND i.indisprimary) AS primary_key,
    (SELECT json_agg(DISTINCT a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisvalid) AS indexed,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'category', y.typcategory, 'typname', y.typname,
        'default', left(pg_get_expr(d.adbin, d.adrelid), 200), 'distinct', s.n_distinct,
        'common', CASE WHEN a.attname ~* '${STATUS_NAME}' THEN s.most_common_vals::text::text[] END,
        'labels', (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = a.atttypid),
        'checks', (SELECT array_agg(left(pg_get_constraintdef(k.oid), 2000)) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum])) ORDER BY a.attnum)
     FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND ${NOT_SYSTEM} AND (cardinality($1::text[]) = 0 OR n.nspname = ANY($1::text[]))
    AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname ~* '${STATUS_NAME}')
  ORDER BY 1, 2 LIMIT $2`;

interface ColumnJson {
  name: string; type: string; category: string; typname: string; default: string | null; distinct: number | null;
  common: string[] | null; labels: string[] | null; checks: string[] | null;
}

export async function readCandidates(connection: PostgresConnection, schemas: readonly string[], limit: number): Promise<{ candidates: CandidateTable[]; leftOut: number }> {
  const rows = await connection.query(CANDIDATES, [schemas, limit]);
  const candidates = rows.map((row): CandidateTable => {
    const estimated = Number(row.reltuples);
    return {
      schema: row.schema ?? '', table: row.name ?? '', kind: kindOf(row.relkind),
      estimatedRows: estimated >= 0 && row.relkind === 'r' ? estimated : null,
      primaryKey: namesOf(row.primary_key),
      indexedColumns: namesOf(row.indexed),
      columns: (JSON.parse(row.columns ?? '[]') as ColumnJson[]).map((column) => columnOf(column, estimated)),
    };
  });
  return { candidates, leftOut: Number(rows[0]?.found ?? 0) - candidates.length };
}

function columnOf({ name, type, category, typname, default: defaultText, distinct, common, labels, checks }: ColumnJson, rows: number): CandidateColumn {
  const listed = labels ?? literalsOf((checks ?? []).join(' '));
  // A negative figure is a share of the rows.
  const distinctValues = distinct === null ? null : distinct >= 0 ? distinct : Math.round(-distinct * Math.max(rows, 0));
  const values = [...new Set([...(common ?? []), ...listed].map((value) => value.trim()).filter((value) => value !== ''))];
  return {
    name, type, kind: kindOfColumn(category, typname), distinct: distinctValues,
    values: values.length <= MOST_VALUES ? values : [],
    defaultValue: literalsOf(defaultText ?? '')[0] ?? (/^-?\d+$/.test(defaultText ?? '') ? defaultText : null),
  };
}

function kindOfColumn(category: string, typname: string): CandidateColumn['kind'] {
  if (/^(json|jsonb|xml|bytea)$/.test(typname)) return 'document';
  switch (category) {
    case 'S':
    case 'E': return 'text';
    case 'N': return 'number';
    case 'D': return /^(time|timetz|date)$/.test(typname) ? 'other' : 'instant';
    case 'B': return 'boolean';
    default: return 'other';
  }
}

/** The quoted texts of an expression, e.g. of `CHECK ((status = ANY (ARRAY['N'::bpchar, 'P'::bpchar])))`. */
function literalsOf(expression: string): string[] {
  return [...expression.matchAll(/'((?:[^']|'')*)'/g)].map(([, text]) => (text ?? '').replaceAll(`''`, `'`));
}

/** Distinct values among the first rows that the table hands out; null where even that takes too long or is refused. */
export async function sampleValues(connection: PostgresConnection, table: TableName, column: string): Promise<string[] | null> {
  const status = quoteIdentifier(column);
  try {
    const rows = await connection.query(
      `SELECT value FROM (SELECT ${status}::text AS value FROM ${qualifiedName(table)} LIMIT 2000) s WHERE value IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT ${MOST_VALUES + 1}`,
    );
    return rows.length > MOST_VALUES ? [] : rows.map(({ value }) => (value ?? '').trim()).filter((value) => value !== '');
  } catch {
    return null;
  }
}
