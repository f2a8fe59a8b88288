'use client';

import { countOf } from '../../../../../../_ui/format/number';
import { localZone } from '../../../../../../_ui/form/local-time';
import { EditFields } from './edit-fields';
import { LeverChoice, LeverText, useLeverForm } from './lever-form';
import { MatchingCount } from './matching-count';
import { Suggestions, useSeenDimensions } from './seen-dimensions';
import { RateField } from './when-fields';

export function ReplayFields() {
  const { draft, change, frame, flow, problems, chooseHop } = useLeverForm();
  const seen = useSeenDimensions(draft.flowId);
  const picked = draft.itemKeys.length;
  const ofQueue = frame.levers.some(({ method }) => method === 'park');
  return (
    <>
      <label className="block max-w-96">
        <span className="mb-1 block font-medium">Where they failed</span>
        <select className="field w-full" value={draft.hopId} onChange={(event) => chooseHop(event.target.value)}>
          {flow.hops.map((hop) => (
            <option key={hop.hopId} value={hop.hopId}>
              {hop.name}
            </option>
          ))}
        </select>
      </label>
      <LeverChoice
        legend="Which failed messages"
        value={draft.selectBy}
        problem={problems['selection.itemKeys']}
        options={[
          ...(picked > 0 ? [{ value: 'items' as const, name: `The ${countOf(picked, 'message')} that you selected` }] : []),
          { value: 'filter' as const, name: 'Those that match a filter' },
          { value: 'all' as const, name: 'All that failed within a time', note: 'Whatever the reason, whosever they are' },
        ]}
        onChoose={(selectBy) => change({ selectBy })}
      />
      {draft.selectBy === 'filter' && (
        <div className="grid gap-3 sm:grid-cols-3">
          <LeverText of="reason" path="selection.filter.reason" label="Reason" control={{ list: 'seen-reason' }} />
          <LeverText of="payer" path="selection.filter.payer" label="Payer" control={{ list: 'seen-payer' }} />
          <LeverText of="facility" path="selection.filter.facility" label="Facility" control={{ list: 'seen-facility' }} />
          <Suggestions id="seen-reason" values={seen.reason} />
          <Suggestions id="seen-payer" values={seen.payer} />
          <Suggestions id="seen-facility" values={seen.facility} />
          {problems['selection.filter'] !== undefined && <p className="text-failing first-letter:uppercase sm:col-span-3">{problems['selection.filter']}</p>}
        </div>
      )}
      {draft.selectBy !== 'items' && (
        <>
          <div className="grid gap-3 sm:grid-cols-2">
            <LeverText of="failedFrom" path="selection.failedFrom" label="Failed from" control={{ type: 'datetime-local', step: 1 }} />
            <LeverText of="failedUntil" path="selection.failedUntil" label="Failed until" control={{ type: 'datetime-local', step: 1 }} />
            <p className="text-muted sm:col-span-2">Fixed times, so that what fails later is never taken along. Time zone {localZone()}.</p>
          </div>
          <MatchingCount draft={draft} hops={flow.hops.length} />
        </>
      )}
      {ofQueue && (
        <LeverChoice
          legend="Where to"
          value={draft.to}
          options={[
            { value: 'queue', name: 'To the one queue where they failed', note: 'Nobody else receives them again' },
            { value: 'exchange', name: 'Through the exchange again', note: 'Every queue that is bound there receives them; the plan names each' },
          ]}
          onChoose={(to) => change({ to })}
        />
      )}
      <RateField hint="Slower than the contract allows, if the target needs it" />
      <EditFields />
      <Exceptions />
    </>
  );
}

/** Ways around a refusal, each with its price. Folded, because few replays need them. */
function Exceptions() {
  const { draft, change } = useLeverForm();
  return (
    <details className="border-y border-line" open={draft.overrideUnknown || draft.attestation !== '' || undefined}>
      <summary className="min-h-8 py-2 font-medium">Exceptions that need a second person</summary>
      <div className="space-y-4 pb-4">
        <label className="flex gap-2">
          <input type="checkbox" className="mt-0.5 size-4 shrink-0 accent-(--accent)" checked={draft.overrideUnknown} onChange={(event) => change({ overrideUnknown: event.target.checked })} />
          <span>
            Replay also what ended as unknown before
            <span className="block text-muted">It may already have arrived: the target may process it twice. Audited.</span>
          </span>
        </label>
        <LeverText
          of="attestation"
          path="attestation"
          label="Evidence for what no probe can tell"
          hint="A reference, such as a ticket with the proof that the target does not have them. Two people answer for it. Name no patient."
          control={{ maxLength: 200 }}
        />
      </div>
    </details>
  );
}
