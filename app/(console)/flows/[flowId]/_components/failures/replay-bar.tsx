'use client';

import { RotateCcw } from 'lucide-react';
import { countOf } from '../../../../../_ui/format/number';
import { usePermission } from '../../../../_session/permission';
import { useLeverHand } from '../levers/lever-hand';
import type { Picked } from './selection';
import { isFiltering, type FailureFilterValues } from './search-params';

interface Props {
  picked: Picked;
  filter: FailureFilterValues;
  /** The hop of what is shown, where it is one. */
  hopId: string | null;
  onClear: () => void;
}

/** From failed messages to the plan of a replay: of those that are selected, or of all that match. */
export function ReplayBar({ picked, filter, hopId, onClear }: Props) {
  const mayPlan = usePermission('operations:plan');
  const { take } = useLeverHand();
  if (mayPlan !== true) return null;
  const count = picked.messages.length;
  const filtering = isFiltering(filter);
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <button
        type="button"
        className={`button ${count > 0 && picked.problem === null ? 'button-primary' : ''}`}
        disabled={count === 0 || picked.problem !== null}
        onClick={() => take('replay', { ...at(picked.hopId), fields: { selectBy: 'items', itemKeys: picked.messages.map(({ itemKey }) => itemKey) } })}
      >
        <RotateCcw size={14} aria-hidden />
        Replay selected …
      </button>
      <button
        type="button"
        className="button"
        onClick={() => take('replay', { ...at(hopId), fields: { selectBy: filtering ? 'filter' : 'all', reason: filter.reason ?? '', payer: filter.payer ?? '', facility: filter.facility ?? '' } })}
      >
        {filtering ? 'Replay all that match the filter …' : 'Replay all …'}
      </button>
      <p role="status" className="text-muted">
        {count === 0 ? 'Select messages, or replay all of them; you read the plan before anything is sent.' : `${countOf(count, 'message')} selected.`}
        {picked.problem !== null && <span className="text-failing"> {picked.problem}</span>}
      </p>
      {count > 0 && (
        <button type="button" className="button text-muted" onClick={onClear}>
          Select none
        </button>
      )}
    </div>
  );
}

function at(hopId: string | null): { hopId?: string } {
  return hopId === null ? {} : { hopId };
}
