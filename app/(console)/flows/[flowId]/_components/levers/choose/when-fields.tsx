'use client';

import { formatAge } from '../../../../../../_ui/format/duration';
import { localZone, toLocalField } from '../../../../../../_ui/form/local-time';
import { LONGEST_HOLD_MS } from '../lever-draft';
import { LeverText, useLeverForm } from './lever-form';

const HOUR_MS = 3_600_000;
const HOURS = [1, 2, 4, 8];

/** When somebody must decide anew; nothing is held or rerouted without an end in sight. */
export function ReviewField({ label, hint }: { label: string; hint: string }) {
  const { draft, change, frame } = useLeverForm();
  const longest = (draft.kind === 'reroute' ? frame.maxRerouteMs : frame.maxHoldMs) ?? LONGEST_HOLD_MS;
  return (
    <div>
      <LeverText of="reviewBy" path="reviewBy" label={label} width="max-w-72" hint={`${hint} At most ${formatAge(longest)}. Time zone ${localZone()}.`} control={{ type: 'datetime-local' }} />
      <div className="mt-1 flex flex-wrap gap-1" role="group" aria-label={`${label}, from now`}>
        {HOURS.filter((hours) => hours * HOUR_MS <= longest).map((hours) => (
          <button key={hours} type="button" className="button" onClick={() => change({ reviewBy: toLocalField(Date.now() + hours * HOUR_MS) })}>
            in {hours} h
          </button>
        ))}
      </div>
    </div>
  );
}

/** Empty begins at once; a time waits for it. */
export function StartField() {
  return <LeverText of="startAt" path="startAt" label="Begin" width="max-w-72" hint={`Leave empty to begin as soon as it is confirmed. Time zone ${localZone()}.`} control={{ type: 'datetime-local' }} />;
}

/** @param placeholder what an empty field means */
export function RateField({ hint, placeholder = 'as fast as the contract allows' }: { hint: string; placeholder?: string }) {
  return <LeverText of="perSecond" path="perSecond" label="At most per second" width="max-w-72" hint={hint} control={{ inputMode: 'numeric', placeholder }} />;
}
