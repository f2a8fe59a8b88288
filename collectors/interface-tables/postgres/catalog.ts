/** What the system catalog says of tables: columns, keys, privileges, identity. */
import type { TableFacts, TableName, TablePrivileges } from '../dialect';
import type { PostgresConnection, TextRow } from './connection';

const KINDS: Record<string, string> = { r: 'table', p: 'partitioned table', v: 'view', m: 'materialized view', f: 'foreign table' };
export const kindOf = (relkind: string | null | undefined): string => KINDS[relkind ?? ''] ?? 'table';

const MAY_WRITE = `(has_table_privilege(c.oid, 'INSERT') OR has_any_column_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'))`;
/** Schemas of the system itself. */
export const NOT_SYSTEM = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

/**
 * A table's own number and that of its file, which changes when the table is emptied or rewritten; of a partitioned table
 * the files of all partitions. Functions of the catalog answer by its newest state, whatever the snapshot.
 */
export const IDENTITY = `c.oid::text || '.' || coalesce(pg_relation_filenode(c.oid)::text,
  (SELECT md5(string_agg(coalesce(pg_relation_filenode(relid)::text, ''), ',' ORDER BY relid)) FROM pg_partition_tree(c.oid)), '')`;

/** Policies about reading that name everybody, or a role that we have. */
const FOR_US = `p.polcmd IN ('r', '*') AND EXISTS (SELECT FROM unnest(p.polroles) AS role WHERE role = 0 OR pg_has_role(role, 'USAGE'))`;

/**
 * Whether policies may hide rows from us: some apply, and not all rows are shown by one of them, as where a policy holds
 * back another role only.
 */
const MAY_HIDE_ROWS = `row_security_active(c.oid) AND (
    NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND ${FOR_US} AND pg_get_expr(p.polqual, p.polrelid) = 'true')
    OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND ${FOR_US} AND pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM 'true'))`;

/** -2 is the number of the system column xmin: with grants on single columns it has to be granted too. */
const TABLES = `
  SELECT wanted.at, c.relkind, ${IDENTITY} AS identity,
    has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS can_read, ${MAY_WRITE} AS can_write,
    c.relkind IN ('r', 'p', 'm') AND has_column_privilege(c.oid, (-2)::smallint, 'SELECT') AS has_versions,
    ${MAY_HIDE_ROWS} AS row_security,
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS columns,
    (SELECT json_agg(a.attname ORDER BY array_position(i.indkey::int2[], a.attnum)) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
     WHERE i.indrelid = c.oid AND i.indisprimary) AS primary_key
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted(schema, name, at)
  JOIN pg_namespace n ON n.nspname = wanted.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

export async function readTables(connection: PostgresConnection, names: readonly TableName[]): Promise<(TableFacts | null)[]> {
  if (names.length === 0) return [];
  const rows = await connection.query(TABLES, [names.map(({ schema }) => schema), names.map(({ table }) => table)]);
  const found = new Map(rows.map((row) => [Number(row.at), row]));
  return names.map((name, index) => {
    const row = found.get(index + 1);
    return row ? factsOf(name, row) : null;
  });
}

function factsOf({ schema, table }: TableName, row: TextRow): TableFacts {
  return {
    schema, table,
    kind: kindOf(row.relkind),
    identity: row.identity ?? '',
    columns: namesOf(row.columns),
    primaryKey: namesOf(row.primary_key),
    hasRowVersions: isTrue(row.has_versions),
    canRead: isTrue(row.can_read),
    canWrite: isTrue(row.can_write),
    hasRowSecurity: isTrue(row.row_security),
  };
}

const PRIVILEGES = `
  SELECT n.nspname AS schema, c.relname AS name, has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS can_read,
    ${MAY_WRITE} AS can_write, has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'UPDATE') AS can_update, ${MAY_HIDE_ROWS} AS row_security
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND ${NOT_SYSTEM} AND (cardinality($1::text[]) = 0 OR n.nspname = ANY($1::text[]))
  ORDER BY 1, 2 LIMIT 5000`;

export async function readPrivileges(connection: PostgresConnection, schemas: readonly string[]): Promise<TablePrivileges[]> {
  const rows = await connection.query(PRIVILEGES, [schemas]);
  return rows.map((row) => ({
    schema: row.schema ?? '', table: row.name ?? '',
    canRead: isTrue(row.can_read), canWrite: isTrue(row.can_write), canUpdate: isTrue(row.can_update), hasRowSecurity: isTrue(row.row_security),
  }));
}

export const isTrue = (text: string | null | undefined): boolean => text === 't' || text === 'true';

export function namesOf(json: string | null | undefined): string[] {
  return json === null || json === undefined ? [] : (JSON.parse(json) as string[]);
}
