import { agendaDdl } from '../../runtime/agenda';

/** What each clearinghouse keeps: the claims it was sent, and what it has yet to answer. */
export const clearinghouseDdl = (schema: string): string => `
  CREATE TABLE ${schema}.claim (
    control_number  text PRIMARY KEY,
    payer_code      text NOT NULL,
    charged         numeric(18, 2) NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now()
  );
  ${agendaDdl(schema)}
`;
