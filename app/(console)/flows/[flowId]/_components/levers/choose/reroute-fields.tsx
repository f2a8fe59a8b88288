'use client';

import { formatInstant } from '../../../../../../_ui/format/instant';
import type { LeverFrame } from '@/server/services/operations/operation-view';
import { LeverChoice, LeverText, useLeverForm } from './lever-form';
import { Suggestions, useSeenDimensions } from './seen-dimensions';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import { RateField, ReviewField, StartField } from './when-fields';

export function RerouteFields() {
  const { draft, change, frame, problems } = useLeverForm();
  const seen = useSeenDimensions(draft.flowId);
  const chosen = frame.alternates.find(({ id }) => id === draft.alternate);
  const hold = frame.holds.find(({ kind }) => kind === 'pause');
  return (
    <>
      {hold !== undefined && <p>It lies over the hold that is in place: {GOES_ALONG[hold.method] ?? ''} Everybody else stays held.</p>}
      <LeverChoice
        legend="Where to"
        value={draft.alternate}
        problem={problems.alternate}
        options={frame.alternates.map((alternate) => ({ value: alternate.id, name: alternate.name, note: enrolment(alternate, hold !== undefined) }))}
        onChoose={(alternate) => change({ alternate })}
      />
      {frame.alternates.length === 0 && <p>The contract names no alternate.</p>}
      <fieldset>
        <legend className="mb-1 font-medium">Whose messages</legend>
        <div className="grid gap-3 sm:grid-cols-2">
          <LeverText of="payer" path="only.payer" label="Only of payer" control={{ list: 'seen-payer' }} />
          <LeverText of="facility" path="only.facility" label="Only of facility" control={{ list: 'seen-facility' }} />
          <Suggestions id="seen-payer" values={seen.payer} />
          <Suggestions id="seen-facility" values={seen.facility} />
          <p className="text-muted sm:col-span-2">{chosen !== undefined && chosen.enrolments.length > 0 ? `Leave both empty to reroute everybody who is enrolled at ${chosen.name}.` : 'Leave both empty to reroute all messages of the flow.'}</p>
        </div>
      </fieldset>
      {hold !== undefined && hold.method !== 'stop-consumers' && <RateField placeholder="as fast as it goes" hint="Of what waits in the hold. A slow start spares an alternate that gets little else." />}
      <ReviewField label="Until" hint={`The primary is probed then: ${hold === undefined ? 'it is restored' : 'the reroute ends and new messages are held again'} when the probe passes, else the owner is called.`} />
      <StartField />
    </>
  );
}

/** What becomes of messages that wait, by how they are held. */
const GOES_ALONG: Partial<Record<HoldMethod, string>> = {
  park: 'messages of those whom the alternate takes go there, beginning with what is parked.',
  'row-gate': 'rows of those whom the alternate takes go there, those that wait.',
  'stop-consumers': 'new messages of those whom the alternate takes go there; what waits in the queue stays there.',
};

function enrolment({ enrolledFrom, enrolledUntil, enrolments }: LeverFrame['alternates'][number], isHeld: boolean): string | undefined {
  if (enrolments.length > 0) return `Takes ${enrolments.join('; ')}; others ${isHeld ? 'stay held' : 'stay with the primary'}.`;
  const from = enrolledFrom === null ? '' : ` since ${formatInstant(enrolledFrom)}`;
  const until = enrolledUntil === null ? '' : ` until ${formatInstant(enrolledUntil)}`;
  return from === '' && until === '' ? undefined : `Enrolled${from}${until}`;
}
