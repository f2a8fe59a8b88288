import { parseAsStringLiteral } from 'nuqs';
import { ITEM_STATES } from '@/server/domain/operations/item-states';

/** Which items are shown, as it stands in the address. */
export const itemParam = parseAsStringLiteral(ITEM_STATES);
