/** Finds the channel that a span lies on, by current and older semantic-convention names. */
import { canonicalRoute, pathFitsRoute, routeSegments } from '../contracts/route-template';
import { routingKeyFits } from '../contracts/topic-pattern';
import type { CompiledHop } from './compiled-flow';

/** Distinct texts a finder remembers per source: routes and routing keys repeat, what does not is not worth keeping. */
const REMEMBERED = 2_000;
const NONE: readonly CompiledHop[] = [];

/** The channels of one source that contracts declare. */
export class ChannelFinder {
  private readonly queues = new Map<string, CompiledHop[]>();
  private readonly exchanges = new Map<string, { hop: CompiledHop; patterns: string[][] | null }[]>();
  private readonly tables = new Map<string, CompiledHop[]>();
  private readonly tablesBySchemaless = new Map<string, Set<string>>();
  private readonly routes = new Map<string, { exact: Map<string, CompiledHop[]>; templates: { segments: string[]; hops: CompiledHop[] }[] }>();
  private readonly boundTo = new Map<string, Map<string, readonly CompiledHop[]>>();
  private canonical = new Map<string, string>();

  add(hop: CompiledHop): void {
    const { channel } = hop.hop;
    switch (channel.kind) {
      case 'queue':
        append(this.queues, channel.name, hop);
        if (channel.exchange !== undefined) {
          append(this.exchanges, channel.exchange, { hop, patterns: channel.keys?.map((key) => key.split('.')) ?? null });
        }
        break;
      case 'table': {
        const qualified = `${channel.schema}.${channel.table}`;
        append(this.tables, qualified, hop);
        const names = this.tablesBySchemaless.get(channel.table);
        if (names) names.add(qualified);
        else this.tablesBySchemaless.set(channel.table, new Set([qualified]));
        break;
      }
      case 'route': {
        const canonical = canonicalRoute(channel.path);
        let routes = this.routes.get(channel.method);
        if (!routes) this.routes.set(channel.method, (routes = { exact: new Map(), templates: [] }));
        const hops = append(routes.exact, canonical, hop);
        const segments = routeSegments(canonical);
        if (segments && hops.length === 1) routes.templates.push({ segments, hops });
      }
    }
  }

  /**
   * @param destination queue, exchange, or RabbitMQ's `exchange:routing key:queue`
   * @param routingKey undefined where the span has none
   */
  queue(destination: string, routingKey: string | undefined): readonly CompiledHop[] {
    if (destination === '' || destination === 'amq.default') return routingKey === undefined ? NONE : this.queues.get(routingKey) ?? NONE;
    const named = this.queues.get(destination) ?? this.exchange(destination, routingKey);
    const colon = destination.indexOf(':');
    if (named !== NONE || colon === -1) return named;
    const last = destination.lastIndexOf(':');
    const queue = this.queues.get(destination.slice(last + 1));
    if (queue && last > colon) return queue;
    return this.exchange(destination.slice(0, colon), routingKey ?? destination.slice(colon + 1, last > colon ? last : destination.length));
  }

  /** @param name the table, with or without its schema */
  table(name: string): readonly CompiledHop[] {
    const qualified = this.tables.get(name);
    if (qualified) return qualified;
    const candidates = this.tablesBySchemaless.get(name);
    if (candidates?.size !== 1) return NONE;
    for (const only of candidates) return this.tables.get(only) ?? NONE;
    return NONE;
  }

  /** @param route the template, e.g. `/orders/{id}`; @param path the concrete path, used where no template fits */
  route(method: string, route: string | undefined, path: string | undefined): readonly CompiledHop[] {
    const routes = this.routes.get(method);
    if (!routes) return NONE;
    if (route !== undefined) {
      const hops = routes.exact.get(this.canonicalOf(route));
      if (hops) return hops;
    }
    if (path === undefined) return NONE;
    const exact = routes.exact.get(path);
    if (exact) return exact;
    let fitting: readonly CompiledHop[] = NONE;
    for (const { segments, hops } of routes.templates) {
      if (!pathFitsRoute(path, segments)) continue;
      if (fitting !== NONE) return NONE; // two templates fit: not ours to choose
      fitting = hops;
    }
    return fitting;
  }

  private exchange(name: string, routingKey: string | undefined): readonly CompiledHop[] {
    const bindings = this.exchanges.get(name);
    if (!bindings) return NONE;
    if (routingKey === undefined) return this.remember(name, '', () => bindings.map(({ hop }) => hop));
    return this.remember(name, `=${routingKey}`, () => {
      const words = routingKey.split('.', 64);
      return bindings.filter(({ patterns }) => patterns === null || patterns.some((pattern) => routingKeyFits(pattern, words))).map(({ hop }) => hop);
    });
  }

  private remember(exchange: string, key: string, find: () => readonly CompiledHop[]): readonly CompiledHop[] {
    let known = this.boundTo.get(exchange);
    if (!known) this.boundTo.set(exchange, (known = new Map()));
    let hops = known.get(key);
    if (!hops) {
      hops = find();
      if (hops.length === 0) hops = NONE;
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, hops);
    }
    return hops;
  }

  private canonicalOf(route: string): string {
    let canonical = this.canonical.get(route);
    if (canonical === undefined) {
      canonical = canonicalRoute(route);
      if (this.canonical.size >= REMEMBERED) this.canonical = new Map();
      this.canonical.set(route, canonical);
    }
    return canonical;
  }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): T[] {
  const list = map.get(key) ?? [];
  list.push(value);
  map.set(key, list);
  return list;
}
