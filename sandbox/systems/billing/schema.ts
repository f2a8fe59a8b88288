export const BILLING_DDL = `
  CREATE TABLE billing.item (
    item_code   text PRIMARY KEY,
    version     bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE billing.charge (
    charge_id       text PRIMARY KEY,
    control_number  text NOT NULL,
    amount          numeric(18, 2) NOT NULL,
    -- A charge that arrives again changes nothing but this.
    times_booked    integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX charge_control_number ON billing.charge (control_number);
  CREATE TABLE billing.claim (
    control_number  text PRIMARY KEY,
    payer_code      text NOT NULL,
    charged         numeric(18, 2) NOT NULL,
    paid            numeric(18, 2),
    status          text NOT NULL CHECK (status IN ('SUBMITTED', 'RECEIVED', 'ACCEPTED', 'PAID')),
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE billing.voided_account (
    control_number  text PRIMARY KEY,
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE billing.remittance (
    trace_number    text PRIMARY KEY,
    control_number  text NOT NULL,
    amount          numeric(18, 2) NOT NULL,
    posted_at       timestamptz,
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
`;
