import { parseAsArrayOf, parseAsString, parseAsStringLiteral, throttle } from 'nuqs';
import { CRITICALITIES, STATUSES } from '@/server/domain/health/flow-view';

/** The overview's filters and unfolded processes, as they stand in the address. */
export const overviewParams = {
  status: parseAsArrayOf(parseAsStringLiteral(STATUSES)).withDefault([]),
  criticality: parseAsArrayOf(parseAsStringLiteral(CRITICALITIES)).withDefault([]),
  process: parseAsString,
  q: parseAsString.withDefault('').withOptions({ limitUrlUpdates: throttle(200) }),
  open: parseAsArrayOf(parseAsString).withDefault([]),
};

/** Present as `wall=1` on the wallboard. */
export const wallParam = parseAsStringLiteral(['1']);
