'use client';

import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import { HoldMark } from '../../../../../operations/_marks/hold-mark';
import { LeverChoice, useLeverForm } from './lever-form';

/** Which hold it acts on; mostly there is one. */
export function HoldField({ kind }: { kind: 'pause' | 'reroute' }) {
  const { draft, change, frame, problems } = useLeverForm();
  const holds = frame.holds.filter((hold) => hold.kind === kind);
  if (holds.length === 0) return <p>{kind === 'pause' ? 'Nothing is held at this hop any more.' : 'Nothing is rerouted at this hop any more.'}</p>;
  if (holds.length === 1 && holds[0]?.id === draft.holdId) {
    const [hold] = holds;
    return (
      <p className="flex flex-wrap gap-x-3">
        <HoldMark hold={hold} />
        <span>
          {METHOD_WORDS[hold.method].name} at {hold.hopId}
        </span>
        <span className="basis-full text-muted">{hold.observation}</span>
      </p>
    );
  }
  return (
    <LeverChoice
      legend="Which hold"
      value={draft.holdId}
      problem={problems.holdId}
      options={holds.map((hold) => ({ value: hold.id, name: `${METHOD_WORDS[hold.method].name} at ${hold.hopId}`, note: hold.observation }))}
      onChoose={(holdId) => change({ holdId, furtherHolds: [] })}
    />
  );
}
