import { agendaDdl } from '../../runtime/agenda';

export const INVENTORY_DDL = `
  CREATE TABLE inventory.location_stock (
    facility_code         text NOT NULL,
    item_code             text NOT NULL,
    consumed_since_order  integer NOT NULL,
    PRIMARY KEY (facility_code, item_code)
  );
  CREATE TABLE inventory.item (
    item_code   text PRIMARY KEY,
    version     bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
  );
  ${agendaDdl('inventory')}
`;
