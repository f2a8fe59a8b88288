/** `2026-11-27T14:00`, for a `datetime-local` field in the viewer's zone; with seconds where they matter. */
export function toLocalField(epochMs: number, seconds = false): string {
  const at = new Date(epochMs);
  const two = (value: number) => value.toString().padStart(2, '0');
  const minute = `${at.getFullYear().toString().padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
  return seconds ? `${minute}:${two(at.getSeconds())}` : minute;
}

/** The instant that such a field names, as RFC 3339 UTC; the text itself where it is none, for the check that refuses it. */
export function fromLocalField(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}

/** The viewer's zone by name, e.g. `Europe/Berlin`: what fields of local time are read in. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
