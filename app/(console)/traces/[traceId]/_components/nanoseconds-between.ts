/** Exact nanoseconds from one RFC 3339 instant (UTC, up to nine places) to another, as a decimal string. */
export function nanosecondsBetween(from: string, to: string): string {
  return (nanosecondsOf(to) - nanosecondsOf(from)).toString();
}

function nanosecondsOf(instant: string): bigint {
  const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d{1,9}))?Z$/.exec(instant) ?? [];
  const milliseconds = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) throw new Error(`"${instant}" is not an instant in UTC`);
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
