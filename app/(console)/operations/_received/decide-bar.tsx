'use client';

import { useState } from 'react';
import { countStanding, type ReceivedStanding } from '@/server/domain/operations/received-decision';
import type { ReceivedPage } from '@/server/services/operations/received/received-view';
import { Dialog } from '../../../_ui/dialog';
import { countOf, formatCount } from '../../../_ui/format/number';
import { DecideForm, type Deciding } from './decide-form';
import type { ReceivedFilterValues } from './search-params';

interface Props {
  first: ReceivedPage;
  /** Those that are selected and shown. */
  picked: readonly string[];
  filter: ReceivedFilterValues;
  /** The figures are those of another choice still. */
  isStale: boolean;
  onDecided: () => void;
}

/** From the list to a decision: of what is selected, or of all that match. */
export function DecideBar({ first, picked, filter, isStale, onDecided }: Props) {
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const [done, setDone] = useState('');
  const standing: ReceivedStanding = filter.decided ?? 'undecided';
  const matching = first.counts === null ? 0 : countStanding(first.counts, standing);
  const { payer, facility } = filter;
  const whose = { ...(payer === null ? {} : { payer }), ...(facility === null ? {} : { facility }) };
  return (
    <div className="space-y-2 px-4">
      <div className="flex flex-wrap items-center gap-2">
        <button
          type="button"
          className={`button ${picked.length > 0 ? 'button-primary' : ''}`}
          disabled={picked.length === 0 || isStale}
          onClick={() => setDeciding({ count: picked.length, asOf: first.asOf, selection: { by: 'messages', copyKeys: [...picked] } })}
        >
          Decide on selected …
        </button>
        <button
          type="button"
          className="button"
          disabled={matching === 0 || isStale}
          onClick={() => setDeciding({ count: matching, asOf: first.asOf, selection: { by: 'filter', standing, ...whose, seenUntil: first.asOf, expected: matching } })}
        >
          Decide on all {formatCount(matching)} {standing === 'undecided' ? 'undecided' : 'that match'} …
        </button>
        <p className="text-muted">{picked.length === 0 ? 'Select messages, or decide on all that match.' : `${countOf(picked.length, 'message')} selected.`}</p>
      </div>
      <p role="status" className="break-words empty:hidden">
        {done}
      </p>
      <Dialog open={deciding !== null} onClose={() => setDeciding(null)} title={deciding === null ? '' : `Decide on ${countOf(deciding.count, 'message')}`}>
        {deciding !== null && (
          <DecideForm
            page={first}
            deciding={deciding}
            onLeave={() => setDeciding(null)}
            onDecided={(sentence) => {
              setDeciding(null);
              setDone(sentence);
              onDecided();
            }}
          />
        )}
      </Dialog>
    </div>
  );
}
