import { agendaDdl } from '../../runtime/agenda';

export const SUPPLIERS_DDL = `
  CREATE TABLE suppliers.purchase_order (
    po_number      text PRIMARY KEY,
    supplier_code  text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now()
  );
  ${agendaDdl('suppliers')}
`;
