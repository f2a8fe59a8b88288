/** Finds hops that could both claim the same span, so that no span is ever assigned by chance. */
import { channelId, type Channel } from './channel';
import type { FlowContract, FlowHop, LegMatcher } from './flow-schema';
import { legsOf } from './hop-legs';
import { canonicalRoute } from './route-template';
import { topicPatternsMeet } from './topic-pattern';

export interface PlacedHop { flow: FlowContract; hop: FlowHop; index: number }
type When = NonNullable<FlowHop['when']>;

/** Pairs of hops that a single span could match. Retired flows match nothing and are left out. */
export function ambiguousHops(flows: readonly FlowContract[]): [PlacedHop, PlacedHop][] {
  const hopsAt = new Map<string, PlacedHop[]>();
  for (const flow of flows) {
    if (flow.metadata.lifecycle === 'retired') continue;
    flow.spec.path.forEach((hop, index) => {
      for (const place of placesOf(hop.channel)) {
        const hops = hopsAt.get(place);
        if (hops) hops.push({ flow, hop, index });
        else hopsAt.set(place, [{ flow, hop, index }]);
      }
    });
  }
  const pairs: [PlacedHop, PlacedHop][] = [];
  for (const [place, hops] of hopsAt) {
    hops.forEach((a, position) => {
      for (const b of hops.slice(position + 1)) {
        if (firstCommonPlace(a.hop.channel, b.hop.channel) === place && legsMeet(a.hop, b.hop)) pairs.push([a, b]);
      }
    });
  }
  return pairs;
}

/**
 * Pairs of hops that would both take one row of an interface table, so that backlog and failures would count twice. Hops
 * without `status` read no rows, and conditions on spans say nothing of them.
 */
export function ambiguousRows(flows: readonly FlowContract[]): [PlacedHop, PlacedHop][] {
  const hopsOf = new Map<string, (PlacedHop & { where: When | undefined })[]>();
  for (const flow of flows) {
    if (flow.metadata.lifecycle === 'retired') continue;
    flow.spec.path.forEach((hop, index) => {
      if (hop.channel.kind !== 'table' || !hop.channel.status) return;
      const id = channelId(hop.channel);
      hopsOf.set(id, [...(hopsOf.get(id) ?? []), { flow, hop, index, where: hop.channel.where }]);
    });
  }
  return [...hopsOf.values()].flatMap((hops) => hops.flatMap((a, position) => hops.slice(position + 1)
    .filter((b) => !exclude(a.where, b.where)).map((b): [PlacedHop, PlacedHop] => [a, b])));
}

/** What a span can name of the channel. Spans do not carry a virtual host, so it does not tell queues apart. */
function placesOf(channel: Channel): string[] {
  const { source, kind } = channel;
  switch (kind) {
    case 'queue': return [`${source} queue ${channel.name}`, ...(channel.exchange === undefined ? [] : [`${source} exchange ${channel.exchange}`])];
    case 'table': return [`${source} table ${JSON.stringify([channel.schema, channel.table])}`];
    case 'route': return [`${source} route ${channel.method} ${canonicalRoute(channel.path)}`];
  }
}

/** The first place of both, so that a pair that meets twice is found once; null when binding keys keep them apart. */
function firstCommonPlace(a: Channel, b: Channel): string | null {
  const others = placesOf(b);
  const common = placesOf(a).find((place) => others.includes(place)) ?? null;
  if (a.kind !== 'queue' || b.kind !== 'queue' || a.name === b.name) return common;
  const otherKeys = b.keys ?? ['#'];
  return (a.keys ?? ['#']).some((key) => otherKeys.some((other) => topicPatternsMeet(key.split('.'), other.split('.')))) ? common : null;
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
