/** The SQL that finds out what a gate of a table can hold, and changes it. */

const GATE = `(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'signalbox' AND c.relname = 'gate')`;
/** Asked from the catalog, because naming a table of a schema that one may not use is an error. */
export const GATE_TABLE = `
  SELECT g.oid IS NOT NULL AS present,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(g.oid, 'SELECT') AS may_read,
    has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(g.oid, 'closed', 'UPDATE') AND has_column_privilege(g.oid, 'allow', 'UPDATE') AND has_column_privilege(g.oid, 'changed_at', 'UPDATE') AS may_change,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(g.oid, 'INSERT') AS may_insert,
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = g.oid AND a.attname = 'share' AND NOT a.attisdropped) AS knows_shares
  FROM pg_class g JOIN pg_namespace n ON n.oid = g.relnamespace WHERE n.nspname = 'signalbox' AND g.relname = 'gate'`;

/** Gates of one table. */
export function gateRows(knowsShares: boolean): string {
  return `SELECT ${knowsShares ? 'share' : `'' AS share`}, closed, allow::text AS allow, changed_at::text AS changed_at, ${LED} AS led, extract(epoch FROM clock_timestamp()) * 1000 AS clock_ms FROM signalbox.gate WHERE table_schema = $1 AND table_name = $2`;
}

/** Policies that ask the gate: by what the catalog knows they depend on, else by their name. */
const POLICIES = `
  SELECT p.polname, p.polcmd, p.polpermissive, p.polroles FROM pg_policy p
  WHERE p.polrelid = c.oid AND (p.polname LIKE 'signalbox\\_gate\\_%'
    OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ${GATE}))`;

export const SECURITY = `
  SELECT c.relrowsecurity AS is_secured,
    (SELECT json_agg(json_build_object('name', p.polname, 'command', p.polcmd, 'restrictive', NOT p.polpermissive,
      'roles', (SELECT json_agg(CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END ORDER BY r) FROM unnest(p.polroles) r)) ORDER BY p.polname)
     FROM (${POLICIES}) p) AS policies
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`;

/**
 * Roles that may take rows: those that may log in and update the table, but for us. A policy applies to a role with the
 * rights of one that it names. Superusers are told only where they have connections: every database has some.
 */
export const ROLES = `
  SELECT * FROM (
    SELECT r.rolname AS name, r.rolsuper AS is_super, r.rolbypassrls AS bypasses,
      NOT c.relforcerowsecurity AND NOT r.rolsuper AND pg_has_role(r.oid, c.relowner, 'USAGE') AS owns,
      NOT r.rolsuper AND EXISTS (SELECT FROM (${POLICIES}) p, unnest(p.polroles) named WHERE NOT p.polpermissive AND p.polcmd IN ('w', 'r', '*') AND (named = 0 OR pg_has_role(r.oid, named, 'USAGE'))) AS is_covered,
      EXISTS (SELECT FROM (${POLICIES}) p WHERE r.oid = ANY(p.polroles)) AS is_named,
      coalesce((SELECT has_schema_privilege(r.oid, g.relnamespace, 'USAGE') AND has_table_privilege(r.oid, g.oid, 'SELECT') FROM pg_class g WHERE g.oid = ${GATE}), false) AS reads_gate,
      (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid AND a.datname = current_database() AND a.application_name NOT LIKE 'signalbox%') AS sessions
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
    WHERE n.nspname = $1 AND c.relname = $2 AND r.rolcanlogin AND r.rolname <> current_user
      AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_any_column_privilege(r.oid, c.oid, 'UPDATE')
  ) found WHERE NOT is_super OR is_named OR sessions > 0 ORDER BY is_named DESC, name LIMIT 200`;

/** Shares stand in the key of the gate table only where it has that column. */
export function insertGate(knowsShares: boolean): string {
  return `INSERT INTO signalbox.gate (table_schema, table_name${knowsShares ? ', share' : ''}, closed) VALUES ($1, $2${knowsShares ? ', $3' : ''}, false) ON CONFLICT DO NOTHING`;
}

/** How many rows were led elsewhere from under a gate; nothing that somebody else wrote there is an error. */
const LED = `CASE jsonb_typeof(allow -> 'ledElsewhere') WHEN 'number' THEN trunc((allow ->> 'ledElsewhere')::numeric)::bigint ELSE 0 END`;

export const LED_FROM_UNDER = `SELECT ${LED} AS led FROM signalbox.gate WHERE table_schema = $1 AND table_name = $2 AND share = $3`;

/** Counts `$5` rows that leave from under the gate, while the hold `$4` keeps it closed. */
export const COUNT_LED = `
  UPDATE signalbox.gate SET allow = jsonb_set(allow, '{ledElsewhere}', to_jsonb(${LED} + $5::bigint))
  WHERE table_schema = $1 AND table_name = $2 AND share = $3 AND closed AND allow ->> 'hold' = $4`;

/**
 * `$4` closed, `$5` keys as JSON, `$6` hold, `$7` operation, `$8` fence, `$9` number of the change that closed it or null
 * (then this one), `$11` what could pass lately, as JSON. Changes nothing when another hold, or somebody by hand, has closed it, or when a later life of the same
 * operation was here. What was led elsewhere from under it stays counted while it is closed. A canary or a release does not close what somebody has opened: `$10` says that it must be closed.
 */
export function changeGate(knowsShares: boolean): string {
  return `UPDATE signalbox.gate SET closed = $4::boolean, changed_at = clock_timestamp(),
      allow = CASE WHEN $4::boolean THEN jsonb_build_object('keys', $5::jsonb, 'hold', $6::text, 'operation', $7::text, 'fence', $8::text, 'closedBy', coalesce($9::text, txid_current()::text), 'lately', $11::jsonb)
        || CASE WHEN closed AND ${LED} > 0 THEN jsonb_build_object('ledElsewhere', ${LED}) ELSE '{}' END END
    WHERE table_schema = $1 AND table_name = $2 AND ${knowsShares ? 'share = $3' : `$3 = ''`}
      AND ((closed AND allow ->> 'hold' = $6::text) OR (NOT closed AND NOT $10::boolean))
      AND NOT coalesce(allow ->> 'operation' = $7::text AND (allow ->> 'fence')::numeric > $8::numeric, false)
    RETURNING closed`;
}
