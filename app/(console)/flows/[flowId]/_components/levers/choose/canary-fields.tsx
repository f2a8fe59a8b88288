'use client';

import { HoldField } from './hold-field';
import { LeverChoice, LeverText, useLeverForm } from './lever-form';
import { Suggestions, useSeenDimensions } from './seen-dimensions';

const WAYS = [
  { value: 'count', name: 'The next ones in line', note: 'Whosever they are' },
  { value: 'payer', name: 'Of one payer', note: 'Others stay held' },
  { value: 'facility', name: 'Of one facility', note: 'Others stay held' },
] as const;

export function CanaryFields() {
  const { draft, change } = useLeverForm();
  const seen = useSeenDimensions(draft.flowId);
  const whose = draft.canaryBy;
  return (
    <>
      <HoldField kind="pause" />
      <LeverChoice legend="Whose messages" value={whose} options={WAYS} onChoose={(canaryBy) => change({ canaryBy })} />
      {whose !== 'count' && (
        <>
          <LeverText of={whose} path={`which.${whose}`} label={whose === 'payer' ? 'Payer' : 'Facility'} width="max-w-72" control={{ list: `seen-${whose}` }} />
          <Suggestions id={`seen-${whose}`} values={seen[whose]} />
        </>
      )}
      <LeverText of="count" path={whose === 'count' ? 'which.count' : 'which.atMost'} label="How many, at most" width="max-w-40" hint="Begin with 1" control={{ inputMode: 'numeric' }} />
    </>
  );
}
