import { parseAsString, parseAsStringLiteral } from 'nuqs';
import { RECEIVED_STANDINGS, type ReceivedStanding } from '@/server/domain/operations/received-decision';

/** Which messages that an alternate received are shown, as it stands in the address. */
export const receivedParams = {
  decided: parseAsStringLiteral(RECEIVED_STANDINGS),
  payer: parseAsString,
  facility: parseAsString,
};

export interface ReceivedFilterValues {
  decided: ReceivedStanding | null;
  payer: string | null;
  facility: string | null;
}
