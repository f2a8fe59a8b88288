import type { HopFigures } from '@/server/domain/health/flow-view';

/**
 * The hop to look at first: one where nobody takes what waits, else the one with the most errors, else one whose backlog
 * grows or is not known, else the last, whose output is the flow's. Undefined without hops.
 */
export function hopInFocus(hops: readonly HopFigures[]): HopFigures | undefined {
  return (
    hops.find(({ backlog }) => backlog?.consumers === 0 && backlog.waiting !== null && backlog.waiting !== '0') ??
    hops.filter(({ errorRate }) => errorRate !== null && errorRate > 0).toSorted((a, b) => (b.errorRate ?? 0) - (a.errorRate ?? 0))[0] ??
    hops.find(({ backlog }) => backlog?.drain.kind === 'growing') ??
    hops.find(({ backlog }) => backlog !== null && backlog.problem !== null) ??
    hops.at(-1)
  );
}
