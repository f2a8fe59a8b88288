'use client';

import { fromLocalField, localZone, toLocalField } from '../../../_ui/form/local-time';

/** An instant in the viewer's time zone. */
export function WhenField({ label, value, onChange }: { label: string; value: string; onChange: (value: string | null) => void }) {
  return (
    <label className="block">
      <span className="block text-xs text-muted">
        {label} ({localZone()})
      </span>
      <input type="datetime-local" className="field w-52" value={toLocalField(Date.parse(value))} onChange={(event) => onChange(event.target.value === '' ? null : fromLocalField(event.target.value))} />
    </label>
  );
}
