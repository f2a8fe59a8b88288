import { parseAsString, parseAsStringLiteral } from 'nuqs';

/** Which operations are listed, as it stands in the address; open ones first. */
export const operationsParams = {
  show: parseAsStringLiteral(['open', 'plans', 'all']).withDefault('open'),
  flow: parseAsString,
};
