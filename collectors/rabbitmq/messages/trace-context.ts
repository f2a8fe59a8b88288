/** W3C Trace Context as messages carry it. */

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const NONE = { traceId: '', spanId: '' };

/** Ids of a `traceparent`; empty where it is absent or breaks the specification (all zeros, version `ff`). */
export function readTraceparent(text: string | undefined): { traceId: string; spanId: string } {
  const match = TRACEPARENT.exec(text ?? '');
  if (!match) return NONE;
  const [, version, traceId, spanId, more] = match as unknown as [string, string, string, string, string | undefined];
  if (version === 'ff' || (version === '00' && more !== undefined) || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return NONE;
  return { traceId, spanId };
}
