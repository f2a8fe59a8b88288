/** From the attributes of a span to the source and the hops it may belong to. */
import type { ContractSet } from '../contracts/contract-set';
import type { Source } from '../contracts/sources-schema';
import { ChannelFinder } from './channel-finder';
import type { CompiledHop } from './compiled-flow';
import { SourceFinder } from './source-finder';
import type { SpanFacts } from './span-mapper';
import { ROUTING_KEY_ATTRIBUTES, type KeySlots } from './span-selectors';

/** Semantic-convention keys, current name first. */
const KEYS = {
  destination: ['messaging.destination.name', 'messaging.destination'],
  destinationTemplate: ['messaging.destination.template'],
  messagingSystem: ['messaging.system'],
  routingKey: ROUTING_KEY_ATTRIBUTES,
  method: ['http.request.method', 'http.method'],
  route: ['http.route', 'url.template'],
  path: ['url.path', 'http.target'],
  url: ['url.full', 'http.url'],
  table: ['db.collection.name', 'db.sql.table'],
  namespace: ['db.namespace', 'db.name'],
  dbSystem: ['db.system.name', 'db.system'],
  /** The server of a served request is the span's own side, the server of every other span is its peer. */
  ownAddress: ['server.address', 'net.host.name'],
  ownPort: ['server.port', 'net.host.port'],
  peerAddress: ['server.address', 'net.peer.name', 'network.peer.address', 'net.sock.peer.addr'],
  peerPort: ['server.port', 'net.peer.port', 'network.peer.port', 'net.sock.peer.port'],
} as const satisfies Record<string, readonly string[]>;

type Fact = keyof typeof KEYS;
const NONE: readonly CompiledHop[] = [];

/** Where a span was found to lie. One object serves all spans. */
export interface SpanChannel {
  /** Id of the source, empty when none was recognised. */
  sourceId: string;
  hops: readonly CompiledHop[];
}

/** Finds channels. Compiled once per contract set; `find` allocates nothing but short texts. */
export class SpanChannelFinder {
  private readonly slots: Record<Fact, readonly number[]>;
  private readonly finders: Record<Source['kind'], SourceFinder>;
  private readonly channels = new Map<string, { kind: Source['kind']; finder: ChannelFinder }>();

  constructor(set: ContractSet, hops: Iterable<CompiledHop>, spanSlots: KeySlots) {
    this.slots = Object.fromEntries(Object.entries(KEYS).map(([fact, keys]) => [fact, keys.map((key) => spanSlots.slotOf(key))])) as unknown as Record<Fact, readonly number[]>;
    this.finders = { http: new SourceFinder(set.sources, 'http'), postgres: new SourceFinder(set.sources, 'postgres'), rabbitmq: new SourceFinder(set.sources, 'rabbitmq') };
    for (const source of set.sources) this.channels.set(source.id, { kind: source.kind, finder: new ChannelFinder() });
    for (const hop of hops) this.channels.get(hop.hop.channel.source)?.finder.add(hop);
  }

  /** Fills `out` with the first of messaging, HTTP and database that leads to a declared channel. */
  find(span: SpanFacts, out: SpanChannel): void {
    out.sourceId = '';
    out.hops = NONE;
    const destination = this.value(span, 'destination');
    if (destination !== undefined && this.findQueue(span, destination, out)) return;
    const method = this.value(span, 'method');
    if (method !== undefined && this.findRoute(span, method, out)) return;
    const table = this.value(span, 'table');
    if (table !== undefined) this.findTable(span, table, out);
  }

  /**
   * The channel as the span shows it, for the list of traffic without a contract; null for spans that lie on none.
   * Concrete paths are left out: they carry the ids of people and orders.
   */
  describe(span: SpanFacts, sourceId: string): string | null {
    const destination = this.value(span, 'destinationTemplate') ?? this.value(span, 'destination');
    if (destination !== undefined) return `${sourceId || (this.value(span, 'messagingSystem') ?? 'messaging')}:queue:${destination}`;
    const method = this.value(span, 'method');
    if (method !== undefined) return `${sourceId || 'http'}:route:${method} ${this.value(span, 'route') ?? this.server(span)}`;
    const table = this.value(span, 'table');
    if (table !== undefined) return `${sourceId || (this.value(span, 'dbSystem') ?? 'database')}:table:${table}`;
    return null;
  }

  private findQueue(span: SpanFacts, destination: string, out: SpanChannel): boolean {
    const routingKey = this.value(span, 'routingKey');
    if (this.locate(span, 'rabbitmq', undefined, out)) {
      out.hops = this.channels.get(out.sourceId)?.finder.queue(destination, routingKey) ?? NONE;
    } else if (this.namesNoServer(span) && (this.value(span, 'messagingSystem') ?? 'rabbitmq') === 'rabbitmq') {
      this.findInOnlySource('rabbitmq', (channels) => channels.queue(destination, routingKey), out);
    }
    return out.hops.length > 0;
  }

  private findRoute(span: SpanFacts, method: string, out: SpanChannel): boolean {
    if (!this.locate(span, 'http', undefined, out)) return false;
    out.hops = this.channels.get(out.sourceId)?.finder.route(method, this.value(span, 'route'), this.path(span)) ?? NONE;
    return out.hops.length > 0;
  }

  private findTable(span: SpanFacts, table: string, out: SpanChannel): void {
    if (this.locate(span, 'postgres', this.value(span, 'namespace'), out)) {
      out.hops = this.channels.get(out.sourceId)?.finder.table(table) ?? NONE;
    } else if (this.namesNoServer(span) && (this.value(span, 'dbSystem') ?? 'postgresql') === 'postgresql') {
      this.findInOnlySource('postgres', (channels) => channels.table(table), out);
    }
  }

  /** A span that names no server at all still has a channel if only one source declares it. */
  private findInOnlySource(kind: Source['kind'], look: (channels: ChannelFinder) => readonly CompiledHop[], out: SpanChannel): void {
    for (const [id, channels] of this.channels) {
      const hops = channels.kind === kind ? look(channels.finder) : NONE;
      if (hops.length === 0) continue;
      if (out.hops.length > 0) {
        out.sourceId = '';
        out.hops = NONE;
        return;
      }
      out.sourceId = id;
      out.hops = hops;
    }
  }

  private locate(span: SpanFacts, kind: Source['kind'], namespace: string | undefined, out: SpanChannel): boolean {
    const isServed = span.kind === 'Server';
    const address = this.value(span, isServed ? 'ownAddress' : 'peerAddress');
    if (address === undefined) return false;
    const source = this.finders[kind].find(address, this.value(span, isServed ? 'ownPort' : 'peerPort'), namespace);
    out.sourceId = source ?? '';
    return source !== undefined;
  }

  private namesNoServer(span: SpanFacts): boolean {
    return this.value(span, span.kind === 'Server' ? 'ownAddress' : 'peerAddress') === undefined;
  }

  private server(span: SpanFacts): string {
    const isServed = span.kind === 'Server';
    const address = this.value(span, isServed ? 'ownAddress' : 'peerAddress') ?? 'unknown';
    const port = this.value(span, isServed ? 'ownPort' : 'peerPort');
    return port === undefined ? `(${address})` : `(${address}:${port})`;
  }

  /** The concrete path without query, from whichever attribute carries it. */
  private path(span: SpanFacts): string | undefined {
    const path = this.value(span, 'path');
    if (path !== undefined) return withoutQuery(path, 0);
    const url = this.value(span, 'url');
    if (url === undefined) return undefined;
    const host = url.indexOf('://');
    const start = host === -1 ? -1 : url.indexOf('/', host + 3);
    return start === -1 ? undefined : withoutQuery(url, start);
  }

  private value(span: SpanFacts, fact: Fact): string | undefined {
    for (const slot of this.slots[fact]) {
      const value = span.attributes[slot];
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  }
}

function withoutQuery(text: string, start: number): string {
  const query = text.indexOf('?', start);
  const end = query === -1 ? text.length : query;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
