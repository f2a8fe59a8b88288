-- What the network's database administrator installs once, so that Signalbox can hold an interface table.
--
-- While a table's gate is closed, the application that takes rows from it neither sees nor claims rows that wait, but
-- for those that `allow` lets through: {"keys": ["17", "18"]} or {"column": "payer_code", "values": ["00435"]}.
-- Everybody else sees every row. Rows in process go on; a row that failed waits once it is due for its next try.
CREATE SCHEMA IF NOT EXISTS signalbox;

CREATE TABLE IF NOT EXISTS signalbox.gate (
  table_schema  text NOT NULL,
  table_name    text NOT NULL,
  closed        boolean NOT NULL DEFAULT false,
  allow         jsonb,
  changed_at    timestamptz,
  PRIMARY KEY (table_schema, table_name)
);

-- Lets a role open and close gates.
CREATE OR REPLACE PROCEDURE sandbox.let_operate_gates(operator text) LANGUAGE plpgsql AS $operate$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA signalbox TO %I', operator);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON signalbox.gate TO %I', operator);
END
$operate$;

-- Puts a table under its gate for one application's role, once; the role must not own the table.
CREATE OR REPLACE PROCEDURE sandbox.guard_by_gate(schema_name text, name text, application text) LANGUAGE plpgsql AS $guard$
DECLARE
  guarded text := format('%I.%I', schema_name, name);
  gate text := format('FROM signalbox.gate WHERE table_schema = %L AND table_name = %L', schema_name, name);
  -- Each question to the gate is asked once per statement, not once per row; a list that is none is empty.
  listed text := '(ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(allow -> %1$L) WHEN ''array'' THEN allow -> %1$L ELSE ''[]'' END) %2$s))';
  passes text := format($passes$
    status IN ('P', 'C') OR (status = 'E' AND next_attempt_at > now())
    OR NOT coalesce((SELECT closed %1$s), false)
    OR interface_id::text = ANY %2$s
    OR CASE (SELECT allow ->> 'column' %1$s)
      WHEN 'message_id' THEN message_id WHEN 'case_key' THEN case_key WHEN 'destination' THEN destination
      WHEN 'facility_code' THEN facility_code WHEN 'department_code' THEN department_code WHEN 'payer_code' THEN payer_code
      WHEN 'supplier_code' THEN supplier_code WHEN 'item_code' THEN item_code
    END = ANY %3$s$passes$, gate, format(listed, 'keys', gate), format(listed, 'values', gate));
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA signalbox TO %I', application);
  EXECUTE format('GRANT SELECT ON signalbox.gate TO %I', application);
  IF EXISTS (SELECT FROM pg_policies WHERE schemaname = schema_name AND tablename = name AND policyname = 'signalbox_gate_claim') THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE POLICY signalbox_gate_everybody ON %s FOR ALL TO PUBLIC USING (true) WITH CHECK (true)', guarded);
  EXECUTE format('CREATE POLICY signalbox_gate_look ON %s AS RESTRICTIVE FOR SELECT TO %I USING (%s)', guarded, application, passes);
  EXECUTE format('CREATE POLICY signalbox_gate_claim ON %s AS RESTRICTIVE FOR UPDATE TO %I USING (%s) WITH CHECK (true)', guarded, application, passes);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
END
$guard$;
