/** Names the reason of at least half of the failures, as the end of a clause; empty when none stands out. */
export function mostlyBecause(reasons: readonly { name: string; count: number }[], failed: number): string {
  const [top] = reasons.toSorted((a, b) => b.count - a.count);
  if (!top || top.count * 2 < failed) return '';
  return top.count >= failed ? `, all ${top.name}` : `, mostly ${top.name}`;
}
