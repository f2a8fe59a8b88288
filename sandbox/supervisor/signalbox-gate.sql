-- What the network's database administrator installs once, so that Signalbox can hold interface tables.
--
-- While a gate is closed, the application that takes rows from the table neither sees nor claims rows that wait, but for
-- those that `allow` lets through: {"keys": ["17", "18"]} or {"column": "payer_code", "values": ["00435"]}. Everybody else
-- sees every row. Rows in process go on; a row that failed waits once it is due for its next try.
CREATE SCHEMA IF NOT EXISTS signalbox;

-- A table has a gate for all of its rows (share '') and, where it serves several systems, one for those of each.
CREATE TABLE IF NOT EXISTS signalbox.gate (
  table_schema  text NOT NULL,
  table_name    text NOT NULL,
  share         text NOT NULL DEFAULT '',
  closed        boolean NOT NULL DEFAULT false,
  allow         jsonb,
  changed_at    timestamptz,
  PRIMARY KEY (table_schema, table_name, share)
);

-- Lets a role open and close gates.
CREATE OR REPLACE PROCEDURE sandbox.let_operate_gates(operator text) LANGUAGE plpgsql AS $operate$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA signalbox TO %I', operator);
  EXECUTE format('GRANT SELECT, UPDATE (closed, allow, changed_at) ON signalbox.gate TO %I', operator);
END
$operate$;

-- Puts a table under its gates for one application's role, once; the role must not own the table.
CREATE OR REPLACE PROCEDURE sandbox.guard_by_gate(schema_name text, name text, application text, destinations text[]) LANGUAGE plpgsql AS $guard$
DECLARE
  guarded text := format('%I.%I', schema_name, name);
  passes text := 'false';
  served text;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA signalbox TO %I', application);
  EXECUTE format('GRANT SELECT ON signalbox.gate TO %I', application);
  FOREACH served IN ARRAY array_prepend(NULL::text, destinations) LOOP
    INSERT INTO signalbox.gate VALUES (schema_name, name, coalesce('destination=' || served, '')) ON CONFLICT DO NOTHING;
    passes := format('%s OR (%s AND %s)', passes, CASE WHEN served IS NULL THEN 'true' ELSE format('destination = %L', served) END,
      sandbox.held_by_gate(schema_name, name, coalesce('destination=' || served, '')));
  END LOOP;
  passes := format('status IN (''P'', ''C'') OR (status = ''E'' AND next_attempt_at > now()) OR NOT coalesce(%s, false)', passes);
  IF EXISTS (SELECT FROM pg_policies WHERE schemaname = schema_name AND tablename = name AND policyname = 'signalbox_gate_claim') THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE POLICY signalbox_gate_everybody ON %s FOR ALL TO PUBLIC USING (true) WITH CHECK (true)', guarded);
  EXECUTE format('CREATE POLICY signalbox_gate_look ON %s AS RESTRICTIVE FOR SELECT TO %I USING (%s)', guarded, application, passes);
  EXECUTE format('CREATE POLICY signalbox_gate_claim ON %s AS RESTRICTIVE FOR UPDATE TO %I USING (%s) WITH CHECK (true)', guarded, application, passes);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
END
$guard$;

-- The condition by which one gate holds a row. Each question to the gate is asked once per statement, not once per row.
CREATE OR REPLACE FUNCTION sandbox.held_by_gate(schema_name text, name text, share text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $held$
DECLARE
  gate text := format('FROM signalbox.gate WHERE table_schema = %L AND table_name = %L AND share = %L', schema_name, name, share);
  -- A list that is none is empty.
  listed text := '(ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(allow -> %1$L) WHEN ''array'' THEN allow -> %1$L ELSE ''[]'' END) %2$s))';
BEGIN
  RETURN format($condition$(SELECT closed %1$s)
    AND NOT coalesce(interface_id::text = ANY %2$s, false)
    AND NOT coalesce(CASE (SELECT allow ->> 'column' %1$s)
      WHEN 'message_id' THEN message_id WHEN 'case_key' THEN case_key
      WHEN 'facility_code' THEN facility_code WHEN 'department_code' THEN department_code WHEN 'payer_code' THEN payer_code
      WHEN 'supplier_code' THEN supplier_code WHEN 'item_code' THEN item_code
    END = ANY %3$s, false)$condition$, gate, format(listed, 'keys', gate), format(listed, 'values', gate));
END
$held$;
