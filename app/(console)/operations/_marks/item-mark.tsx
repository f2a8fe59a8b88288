import { ITEM_STATE_WORDS, type ItemState } from '@/server/domain/operations/item-states';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';
import { ITEM_SHAPES } from '../_words/progress-figures';

/** What became of one item: shape and word together. */
export function ItemMark({ state }: { state: ItemState }) {
  return (
    <span className={`inline-flex items-center gap-2 whitespace-nowrap ${STATUS_TONE[ITEM_SHAPES[state]]}`}>
      <StatusShape status={ITEM_SHAPES[state]} />
      {ITEM_STATE_WORDS[state]}
    </span>
  );
}
