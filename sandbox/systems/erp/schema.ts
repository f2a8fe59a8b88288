export const ERP_DDL = `
  CREATE TABLE erp.item_master (
    item_code   text PRIMARY KEY,
    version     bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE erp.stock_issue (
    usage_line     text PRIMARY KEY,
    facility_code  text NOT NULL,
    item_code      text NOT NULL,
    quantity       integer NOT NULL,
    amount         numeric(18, 2) NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE erp.purchase_order (
    po_number      text PRIMARY KEY,
    requisition    text NOT NULL,
    facility_code  text NOT NULL,
    supplier_code  text NOT NULL,
    item_code      text NOT NULL,
    quantity       integer NOT NULL,
    amount         numeric(18, 2) NOT NULL,
    status         text NOT NULL CHECK (status IN ('RELEASED', 'ACKNOWLEDGED', 'RECEIVED')),
    recorded_at    timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX purchase_order_requisition ON erp.purchase_order (requisition);
  CREATE TABLE erp.goods_receipt (
    receipt_number  text PRIMARY KEY,
    po_number       text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE erp.gl_journal (
    batch          text PRIMARY KEY,
    facility_code  text NOT NULL,
    payer_code     text NOT NULL,
    amount         numeric(18, 2) NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now()
  );
`;
