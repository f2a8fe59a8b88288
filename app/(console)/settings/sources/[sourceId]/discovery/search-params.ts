import { parseAsBoolean, parseAsString, throttle } from 'nuqs';

/** Which discovery is shown, which of its drafts is open, and what of the topology is shown: as they stand in the address. */
export const discoveryParams = {
  request: parseAsString,
  draft: parseAsString,
  q: parseAsString.withDefault('').withOptions({ limitUrlUpdates: throttle(200) }),
  uncovered: parseAsBoolean.withDefault(false),
};
