/** The script by which a database administrator puts one table under its gate: a table of ours, and policies that ask it. */
import type { GatePlan } from '../../lever-dialect';
import { quoteIdentifier, qualifiedName } from '../statements';
import { quoteLiteral } from './literals';

/** Ready for psql. It may be run again, also with other shares or roles. */
export function gateScript(plan: GatePlan): string {
  const table = qualifiedName(plan);
  const consumers = plan.consumers.map(quoteIdentifier).join(', ');
  const [said, saidTo] = [table, consumers].map((text) => text.replaceAll(/\s/g, ' '));
  // Names may hold anything, also what ends a quoted block.
  const block = `$signalbox${'_'.repeat(table.length - table.replaceAll('$', '').length)}$`;
  const shares = [{ partition: '' }, ...plan.shares.filter(({ partition }) => partition !== '')];
  const policies = [
    ...(plan.holds === 'reading' ? [`CREATE POLICY signalbox_gate_look ON ${table} AS RESTRICTIVE FOR SELECT TO ${consumers} USING (${passes(plan)});`] : []),
    `CREATE POLICY signalbox_gate_claim ON ${table} AS RESTRICTIVE FOR UPDATE TO ${consumers} USING (${passes(plan)}) WITH CHECK (true);`,
  ];
  return `-- Lets Signalbox hold the rows of ${said} that wait, from ${saidTo}.
-- Run once, as the owner of the table: psql -v ON_ERROR_STOP=1 -f this-file. To take it away again, see the end.
BEGIN;
-- Rather fail than make the application wait.
SET LOCAL lock_timeout = '3s';

CREATE SCHEMA IF NOT EXISTS signalbox;
CREATE TABLE IF NOT EXISTS signalbox.gate (
  table_schema  text NOT NULL,
  table_name    text NOT NULL,
  share         text NOT NULL DEFAULT '',
  closed        boolean NOT NULL DEFAULT false,
  allow         jsonb,
  changed_at    timestamptz,
  PRIMARY KEY (table_schema, table_name, share)
);
-- A gate table of before shares.
DO $shares$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'signalbox.gate'::regclass AND attname = 'share') THEN
    ALTER TABLE signalbox.gate ADD COLUMN share text NOT NULL DEFAULT '', DROP CONSTRAINT gate_pkey, ADD PRIMARY KEY (table_schema, table_name, share);
  END IF;
END
$shares$;
${shares.map(({ partition }) => `INSERT INTO signalbox.gate (table_schema, table_name, share) VALUES (${[plan.schema, plan.table, partition].map(quoteLiteral).join(', ')}) ON CONFLICT DO NOTHING;`).join('\n')}
GRANT USAGE ON SCHEMA signalbox TO ${consumers};
GRANT SELECT ON signalbox.gate TO ${consumers};
${plan.operator === null ? '-- And to the user of the levers, once there is one: USAGE ON SCHEMA signalbox, and SELECT, UPDATE (closed, allow, changed_at) ON signalbox.gate.' : `GRANT USAGE ON SCHEMA signalbox TO ${quoteIdentifier(plan.operator)};
GRANT SELECT, UPDATE (closed, allow, changed_at) ON signalbox.gate TO ${quoteIdentifier(plan.operator)};`}

-- Row security shows nothing that no policy shows: where it is not on yet, everybody keeps every row.
DO ${block}
BEGIN
  IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = ${quoteLiteral(table)}::regclass) THEN
    CREATE POLICY signalbox_gate_everybody ON ${table} FOR ALL TO PUBLIC USING (true) WITH CHECK (true);
  END IF;
END
${block};
DROP POLICY IF EXISTS signalbox_gate_look ON ${table};
DROP POLICY IF EXISTS signalbox_gate_claim ON ${table};
${policies.join('\n')}
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
COMMIT;

-- To take it away again:
--   DROP POLICY signalbox_gate_claim ON ${said}; DROP POLICY IF EXISTS signalbox_gate_look ON ${said};
--   and, where nothing else on this table uses row security:
--   ALTER TABLE ${said} DISABLE ROW LEVEL SECURITY; DROP POLICY IF EXISTS signalbox_gate_everybody ON ${said};
`;
}

/**
 * Whether a row is not held. Only rows that wait are; what is in process is finished. Each question to the gate is an
 * uncorrelated subquery, so it is asked once per statement and not once per row.
 */
function passes(plan: GatePlan): string {
  const { key, statusColumn, pending, shares, columns } = plan;
  const name = key.length === 1 ? `${quoteIdentifier(key[0]!)}::text` : `json_build_array(${key.map((column) => `${quoteIdentifier(column)}::text`).join(', ')})::text`;
  const held = [{ partition: '', where: {} }, ...shares.filter(({ partition }) => partition !== '')].map(({ partition, where }) => {
    const gate = `FROM signalbox.gate WHERE table_schema = ${quoteLiteral(plan.schema)} AND table_name = ${quoteLiteral(plan.table)} AND share = ${quoteLiteral(partition)}`;
    // A list that is none is empty. As a subquery and not as an array, because each waiting row is looked up in its hash.
    const list = (of: string) => `(SELECT jsonb_array_elements_text(CASE jsonb_typeof(allow -> '${of}') WHEN 'array' THEN allow -> '${of}' ELSE '[]' END) ${gate})`;
    const byColumn = columns.length === 0 ? '' : `
      AND NOT coalesce(CASE (SELECT allow ->> 'column' ${gate}) ${columns.map((column) => `WHEN ${quoteLiteral(column)} THEN ${quoteIdentifier(column)}::text`).join(' ')} END IN ${list('values')}, false)`;
    const inShare = Object.entries(where).map(([column, values]) => `${quoteIdentifier(column)}::text = ANY (ARRAY[${values.map(quoteLiteral).join(', ')}]::text[]) AND `).join('');
    return `(${inShare}(SELECT closed ${gate})
      AND NOT coalesce(${name} IN ${list('keys')}, false)${byColumn})`;
  });
  return `
    ${quoteIdentifier(statusColumn)}::text IS DISTINCT FROM ${quoteLiteral(pending)}
    OR NOT coalesce(${held.join('\n    OR ')}, false)
  `;
}
