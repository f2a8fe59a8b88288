/** Finds hops that could both claim the same span, so that no span is ever assigned by chance. */
import type { Channel } from './channel';
import type { FlowContract, FlowHop, LegMatcher } from './flow-schema';
import { legsOf } from './hop-legs';
import { canonicalRoute } from './route-template';
import { topicPatternsMeet } from './topic-pattern';

export interface PlacedHop { flow: FlowContract; hop: FlowHop; index: number }
type When = NonNullable<FlowHop['when']>;

/** Pairs of hops that a single span could match. Retired flows match nothing and are left out. */
export function ambiguousHops(flows: readonly FlowContract[]): [PlacedHop, PlacedHop][] {
  const bySource = new Map<string, PlacedHop[]>();
  for (const flow of flows) {
    if (flow.metadata.lifecycle === 'retired') continue;
    flow.spec.path.forEach((hop, index) => {
      const group = bySource.get(hop.channel.source);
      if (group) group.push({ flow, hop, index });
      else bySource.set(hop.channel.source, [{ flow, hop, index }]);
    });
  }
  return [...bySource.values()].flatMap((hops) => hops.flatMap((a, position) =>
    hops.slice(position + 1).filter((b) => channelsMeet(a.hop.channel, b.hop.channel) && legsMeet(a.hop, b.hop)).map((b): [PlacedHop, PlacedHop] => [a, b])));
}

/** Whether one span can lie on both channels. Spans do not carry a virtual host, so it does not tell queues apart. */
function channelsMeet(a: Channel, b: Channel): boolean {
  if (a.kind === 'table' && b.kind === 'table') return a.schema === b.schema && a.table === b.table;
  if (a.kind === 'route' && b.kind === 'route') return a.method === b.method && canonicalRoute(a.path) === canonicalRoute(b.path);
  if (a.kind !== 'queue' || b.kind !== 'queue') return false;
  if (a.name === b.name) return true;
  if (a.exchange === undefined || a.exchange !== b.exchange) return false;
  const others = b.keys ?? ['#'];
  return (a.keys ?? ['#']).some((key) => others.some((other) => topicPatternsMeet(key.split('.'), other.split('.'))));
}

function legsMeet(a: FlowHop, b: FlowHop): boolean {
  const others = Object.values(legsOf(b)).filter((leg): leg is LegMatcher => leg !== undefined);
  return Object.values(legsOf(a)).some((leg: LegMatcher | undefined) => leg !== undefined && others.some((other) =>
    share(leg.spanKind, other.spanKind) && share(leg.service, other.service) && share(leg.name, other.name)
    && ![a.when, leg.when].some((when) => [b.when, other.when].some((otherWhen) => exclude(when, otherWhen)))));
}

/** A list that is absent accepts everything. */
function share(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return !a || !b || a.some((value) => b.includes(value));
}

function exclude(a: When | undefined, b: When | undefined): boolean {
  if (!a || !b) return false;
  return Object.keys(a).some((selector) => Object.hasOwn(b, selector) && !share(a[selector], b[selector]));
}
