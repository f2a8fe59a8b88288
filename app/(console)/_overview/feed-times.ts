import type { Overview } from '@/server/domain/health/flow-view';
import { latest, type FeedTimes } from '../../_ui/live/feed-age';

/** How fresh an overview is: answered at `answeredAt` (epoch milliseconds), judged when its newest flow was. */
export function feedTimes(overview: Overview, answeredAt: number): FeedTimes {
  const flows = [...overview.trouble, ...overview.healthy.flatMap((group) => group.flows)];
  return { asOf: overview.asOf, evaluatedAt: latest(flows.map((flow) => flow.health.evaluatedAt)), answeredAt };
}
