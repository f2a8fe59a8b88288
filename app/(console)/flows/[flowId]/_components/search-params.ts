import { parseAsString, parseAsStringLiteral } from 'nuqs';
import { SERIES_RANGES } from '@/server/domain/health/series/hop-series';

/** What of a flow is looked at, as it stands in the address. */
export const flowParams = {
  /** The hop that everything below the strip is about. */
  hop: parseAsString,
  /** How far back from now the charts reach. */
  range: parseAsStringLiteral(SERIES_RANGES).withDefault('1h'),
};
