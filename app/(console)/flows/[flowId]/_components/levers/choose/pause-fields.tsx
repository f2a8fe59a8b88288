'use client';

import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import { FurtherSteps } from './further-steps';
import { LeverChoice, useLeverForm } from './lever-form';
import { ReviewField, StartField } from './when-fields';

export function PauseFields() {
  const { draft, change, frame, problems } = useLeverForm();
  const ways = frame.levers.filter(({ kind }) => kind === 'pause');
  return (
    <>
      <LeverChoice
        legend="How to hold it"
        value={draft.method}
        problem={problems.method}
        options={ways.flatMap(({ method, locked }) => (method === null ? [] : [{ value: method, name: METHOD_WORDS[method].name, note: METHOD_WORDS[method].does, locked }]))}
        onChoose={(method) => change({ method })}
      />
      <FurtherSteps />
      <p className="text-muted">Whether a canary can pass this kind of hold, and what it harms first, stands in the plan before anything happens.</p>
      <ReviewField label="Review by" hint="You, or whoever took over, must decide anew then; it is never released in silence." />
      <StartField />
    </>
  );
}
