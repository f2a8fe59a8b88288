import type { FlowBacklog, HopBacklog } from '../flow-view';

/** What waits in a flow as a whole; null where no hop's waiting messages are known. */
export function flowBacklog(hops: readonly HopBacklog[]): FlowBacklog | null {
  const known = hops.flatMap(({ waiting }) => waiting ?? []);
  if (known.length === 0) return null;
  const aged = hops.filter((hop): hop is HopBacklog & { oldestAgeMs: number } => hop.oldestAgeMs !== null);
  const oldest = aged.toSorted((a, b) => b.oldestAgeMs - a.oldestAgeMs)[0];
  return {
    waiting: known.reduce((sum, waiting) => sum + BigInt(waiting), 0n).toString(),
    oldestAgeMs: oldest?.oldestAgeMs ?? null,
    ageIsLowerBound: oldest?.ageMethod === 'rank',
  };
}
