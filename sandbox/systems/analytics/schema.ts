export const ANALYTICS_DDL = `
  CREATE TABLE analytics.item (
    item_code   text PRIMARY KEY,
    version     bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE analytics.product_batch (
    product           text NOT NULL,
    extract           text NOT NULL,
    facility_code     text NOT NULL,
    department_code   text NOT NULL,
    row_count         integer NOT NULL,
    complete_through  timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product, extract)
  );
`;
