/** RFC 3339 with nanoseconds from integer nanoseconds since the epoch; never through a JavaScript number. */
export function rfc3339FromNs(ns: string): string {
  const value = BigInt(ns);
  const seconds = value / 1_000_000_000n;
  const rest = value % 1_000_000_000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${rest.toString().padStart(9, '0')}Z`;
}

export function rfc3339(instant: Date): string;
export function rfc3339(instant: Date | null): string | null;
export function rfc3339(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString();
}
