import { parseAsString, parseAsStringLiteral } from 'nuqs';
import { OPERATION_KINDS } from '@/server/domain/operations/kinds';

/** Which lever is in hand, as it stands in the address: a reload, or a link from elsewhere, goes on where one was. */
export const leverParams = {
  /** A lever whose sheet is open for choosing. */
  lever: parseAsStringLiteral(OPERATION_KINDS),
  /** The hold that it acts on. */
  hold: parseAsString,
  /** A planned operation whose preview is open. */
  operation: parseAsString,
  /** A replay of what this operation left as unknown. */
  unknownOf: parseAsString,
};
