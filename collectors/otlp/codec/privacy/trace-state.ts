import { maskText } from './mask';

/** `th:c;rv:…`: short keys with hexadecimal values. */
const OPENTELEMETRY_ENTRY = /^[a-z]{1,2}:[0-9a-f]{1,14}(?:;[a-z]{1,2}:[0-9a-f]{1,14})*$/;

/**
 * A W3C trace state with the values of all vendors masked. OpenTelemetry's own entry `ot` (sampling threshold and
 * randomness) is kept: it has a defined form and readers need it.
 */
export function maskTraceState(state: string): string {
  return state
    .split(',')
    .map((member) => {
      const equals = member.indexOf('=');
      if (equals < 0) return maskText(member);
      const vendor = member.slice(0, equals).trim();
      if (vendor === 'ot' && OPENTELEMETRY_ENTRY.test(member.slice(equals + 1))) return member;
      return `${/^[a-z0-9_*/@-]{1,32}$/.test(vendor) ? vendor : maskText(vendor)}=${maskText(member.slice(equals + 1))}`;
    })
    .join(',');
}
