import { agendaDdl } from '../../runtime/agenda';

export const CLEARINGHOUSE_DDL = `
  CREATE TABLE clearinghouse.claim (
    control_number  text PRIMARY KEY,
    payer_code      text NOT NULL,
    charged         numeric(18, 2) NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
  ${agendaDdl('clearinghouse')}
`;
