'use client';

import { useSyncExternalStore } from 'react';
import { fromLocalField, localZone, toLocalField } from '../../../_ui/form/local-time';

/** An instant in the viewer's time zone, which the server that renders the page does not know. */
export function WhenField({ label, value, onChange }: { label: string; value: string | null; onChange: (value: string | null) => void }) {
  const zone = useSyncExternalStore(never, localZone, () => null);
  const epochMs = value === null ? Number.NaN : Date.parse(value);
  return (
    <label className="block min-w-0">
      <span className="block truncate text-xs text-muted">
        {label}
        {zone !== null && ` (${zone})`}
      </span>
      <input
        type="datetime-local" className="field w-full min-w-0 md:w-52" value={zone === null || Number.isNaN(epochMs) ? '' : toLocalField(epochMs)}
        onChange={(event) => onChange(event.target.value === '' ? null : fromLocalField(event.target.value))}
      />
    </label>
  );
}

const never = () => () => undefined;
