import { parseAsString } from 'nuqs';

/** Which failed messages of a flow are shown, as it stands in the address. */
export const failureParams = {
  reason: parseAsString,
  payer: parseAsString,
  facility: parseAsString,
};

export interface FailureFilterValues {
  reason: string | null;
  payer: string | null;
  facility: string | null;
}

export function isFiltering({ reason, payer, facility }: FailureFilterValues): boolean {
  return reason !== null || payer !== null || facility !== null;
}
