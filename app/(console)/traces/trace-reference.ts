/** A trace id, alone or inside a `traceparent` header; null when the text is neither. */
export function traceIdIn(text: string): string | null {
  const trimmed = text.trim().toLowerCase();
  const id = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(trimmed)?.[1] ?? trimmed;
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : null;
}
