import type { DiscoveredEdge, DiscoveredNode, Discovery } from '@/server/domain/sources/discovery';

/** Something at the other end of a wire, and what is written on it. */
export interface Wire {
  node: DiscoveredNode;
  label: string;
}

/** A channel with everything that leads into it and out of it. */
export interface WiredChannel {
  node: DiscoveredNode;
  /** Exchanges that are bound to it, applications that write to it. */
  arrivals: Wire[];
  consumers: Wire[];
  /** Where its dead letters go first, and the channels that they end in. */
  deadLetters: { to: Wire; endsIn: DiscoveredNode[] }[];
  /** Channels whose dead letters end here. */
  failsFrom: DiscoveredNode[];
  /** Nothing but dead letters comes in. */
  isDeadLetter: boolean;
}

const CHANNEL_KINDS: ReadonlySet<DiscoveredNode['kind']> = new Set(['queue', 'table']);

/** The topology seen from its channels; a dead-letter channel follows the first channel that fails into it. */
export function wireChannels({ nodes, edges }: Pick<Discovery, 'nodes' | 'edges'>): WiredChannel[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const into = groupBy(edges, ({ to }) => to);
  const outOf = groupBy(edges, ({ from }) => from);
  const wire = (id: string, label: string): Wire[] => {
    const node = byId.get(id);
    return node === undefined ? [] : [{ node, label }];
  };

  const channels = nodes.filter(({ kind }) => CHANNEL_KINDS.has(kind)).map((node): WiredChannel => {
    const incoming = into.get(node.id) ?? [];
    const outgoing = outOf.get(node.id) ?? [];
    const arrivals = incoming.filter(({ kind }) => kind === 'binding' || kind === 'publishes').flatMap(({ from, label }) => wire(from, label));
    return {
      node,
      arrivals,
      // An application that consumes may stand at either end of the wire.
      consumers: [...incoming, ...outgoing].filter(({ kind }) => kind === 'consumes').flatMap(({ from, to, label }) => wire(from === node.id ? to : from, label)),
      deadLetters: outgoing
        .filter(({ kind }) => kind === 'dead-letter')
        .flatMap(({ to, label }) => wire(to, label).map((first) => ({ to: first, endsIn: endsOf(first.node, keysOf(label, arrivals), outOf, byId) }))),
      failsFrom: [],
      isDeadLetter: false,
    };
  });

  const channelById = new Map(channels.map((channel) => [channel.node.id, channel]));
  for (const { node, deadLetters } of channels) {
    for (const end of deadLetters.flatMap(({ endsIn }) => endsIn)) channelById.get(end.id)?.failsFrom.push(node);
  }
  const deadLetterExchanges = new Set(edges.flatMap(({ kind, to }) => (kind === 'dead-letter' ? [to] : [])));
  for (const channel of channels) {
    channel.isDeadLetter = channel.failsFrom.length > 0 && channel.arrivals.every(({ node }) => deadLetterExchanges.has(node.id));
  }
  return deadLettersAfterOrigins(channels, channelById);
}

export interface ChannelFilter {
  /** Words that must all occur in a name of the channel, of what it is wired to, or of its flows. */
  q: string;
  /** Only channels that no flow covers. */
  uncovered: boolean;
}

export function filterChannels(channels: readonly WiredChannel[], { q, uncovered }: ChannelFilter): WiredChannel[] {
  const words = q.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return channels.filter((channel) => {
    if (uncovered && channel.node.flows.length > 0) return false;
    const text = namesOf(channel).join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The keys that dead letters carry: the one that is set for them, else those that their messages came with. */
function keysOf(deadLetterKey: string, arrivals: readonly Wire[]): string[] {
  return deadLetterKey === '' ? arrivals.map(({ label }) => label) : [deadLetterKey];
}

/** Messages that die go to a channel at once, or to an exchange and from there to the channels bound with their key. */
function endsOf(first: DiscoveredNode, keys: readonly string[], outOf: ReadonlyMap<string, DiscoveredEdge[]>, byId: ReadonlyMap<string, DiscoveredNode>): DiscoveredNode[] {
  if (CHANNEL_KINDS.has(first.kind)) return [first];
  const bound = (outOf.get(first.id) ?? []).filter(({ kind, to }) => kind === 'binding' && CHANNEL_KINDS.has(byId.get(to)?.kind ?? 'exchange'));
  // Keys that no binding names literally may match patterns; then every bound channel is where they may end.
  const exact = bound.filter(({ label }) => keys.includes(label));
  return (exact.length > 0 ? exact : bound).flatMap(({ to }) => byId.get(to) ?? []);
}

function deadLettersAfterOrigins(channels: readonly WiredChannel[], byId: ReadonlyMap<string, WiredChannel>): WiredChannel[] {
  const ordered = new Set<WiredChannel>();
  const place = (channel: WiredChannel) => {
    if (ordered.has(channel)) return;
    ordered.add(channel);
    for (const end of channel.deadLetters.flatMap(({ endsIn }) => endsIn)) {
      const next = byId.get(end.id);
      if (next?.isDeadLetter === true) place(next);
    }
  };
  for (const channel of channels) if (!channel.isDeadLetter) place(channel);
  for (const channel of channels) place(channel);
  return [...ordered];
}

function namesOf({ node, arrivals, consumers, deadLetters, failsFrom }: WiredChannel): string[] {
  const wired = [...arrivals, ...consumers, ...deadLetters.map(({ to }) => to)];
  return [node.name, node.id, ...node.flows, ...wired.flatMap(({ node: other, label }) => [other.name, label]), ...failsFrom.map(({ name }) => name)];
}

function groupBy(edges: readonly DiscoveredEdge[], keyOf: (edge: DiscoveredEdge) => string): Map<string, DiscoveredEdge[]> {
  const groups = new Map<string, DiscoveredEdge[]>();
  for (const edge of edges) {
    const group = groups.get(keyOf(edge));
    if (group === undefined) groups.set(keyOf(edge), [edge]);
    else group.push(edge);
  }
  return groups;
}
