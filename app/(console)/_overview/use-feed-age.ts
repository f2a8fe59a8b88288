'use client';

import type { Overview } from '@/server/domain/health/flow-view';
import { feedAge, latest, STALE_AFTER_MS } from '../../_ui/live/feed-age';
import { useNow } from '../../_ui/live/now';

/** How old the overview on the screen is, and whether it has to look broken. */
export function useFeedAge(overview: Overview, answeredAt: number): { age: number; dead: boolean } {
  const now = useNow();
  const flows = [...overview.trouble, ...overview.healthy.flatMap((group) => group.flows)];
  const evaluatedAt = latest(flows.map((flow) => flow.health.evaluatedAt));
  const age = feedAge({ asOf: overview.asOf, evaluatedAt, answeredAt }, now);
  return { age, dead: age > STALE_AFTER_MS };
}
