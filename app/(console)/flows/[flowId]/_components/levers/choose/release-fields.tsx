'use client';

import { formatAge } from '../../../../../../_ui/format/duration';
import { FurtherHolds } from './further-holds';
import { HoldField } from './hold-field';
import { LeverChoice, LeverText, useLeverForm } from './lever-form';
import { RateField, StartField } from './when-fields';

/** All at once, or in steps that each wait for the outcome of the one before. */
export function ReleaseFields() {
  const { draft, change, frame } = useLeverForm();
  const canary = frame.holds.find(({ id }) => id === draft.holdId)?.canary;
  return (
    <>
      <HoldField kind="pause" />
      <LeverChoice
        legend="How"
        value={draft.pace}
        options={[
          { value: 'at-once', name: 'All of it', note: 'What was held goes on in order' },
          {
            value: 'ramp', name: 'In steps: 1 %, 10 %, then the rest',
            note: 'Each step waits until the one before turned out well; else everything that has not gone stays held',
            locked: canary?.possible === false ? canary.sentence : null,
          },
        ]}
        onChoose={(pace) => change({ pace })}
      />
      {draft.pace === 'ramp' ? <RampTerms /> : <FurtherHolds />}
      <RateField hint="A slow start spares a target that has just recovered." />
      <StartField />
    </>
  );
}

function RampTerms() {
  const { draft, change, frame, problems } = useLeverForm();
  return (
    <>
      {frame.stages.length > 0 ? (
        <LeverChoice
          legend="A step is good when each of its messages was seen at"
          value={draft.stage === '' ? (frame.stages.at(-1)?.name ?? '') : draft.stage}
          problem={problems['ramp.stage']}
          options={frame.stages.map(({ name, withinMs }) => ({ value: name, name, note: `Within ${formatAge(withinMs)} of being sent, else it counts as bad` }))}
          onChoose={(stage) => change({ stage })}
        />
      ) : (
        <LeverText
          of="quietSeconds"
          path="ramp.quietSeconds"
          label="A step is good when none of it failed again for so many seconds"
          hint="The contract names no outcome that could be looked for. Counts from when the step is worked off."
          width="max-w-40"
          control={{ inputMode: 'numeric', placeholder: '60' }}
        />
      )}
      <LeverText of="tolerate" path="ramp.tolerate" label="Bad ones that do not stop it, in all" hint="With 0 the first one stops it" width="max-w-40" control={{ inputMode: 'numeric' }} />
    </>
  );
}
