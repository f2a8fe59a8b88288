/** Recognises a source by the server that a span names. */
import type { Source } from '../contracts/sources-schema';

interface Server {
  /** By database name; `''` is the source that takes every name. */
  byNamespace: Map<string, string>;
}

interface Host {
  byPort: Map<string, Server>;
  /** Declared without a port: takes every port that no other source declares. */
  anyPort: Server | null;
}

/** Finds sources of one kind by address, port and namespace, without building a text per span. */
export class SourceFinder {
  private readonly hosts = new Map<string, Host>();

  constructor(sources: readonly Source[], kind: Source['kind']) {
    for (const source of sources) {
      if (source.kind !== kind) continue;
      for (const { address, port, namespace } of source.match) this.serverFor(address, port).byNamespace.set(namespace ?? '', source.id);
    }
  }

  /**
   * The id of the source, or undefined. A span without a port belongs to its address only where that leaves no choice.
   *
   * @param namespace the database name, where the span has one; `database|schema` is understood
   */
  find(address: string, port: string | undefined, namespace: string | undefined): string | undefined {
    const host = this.hosts.get(address) ?? this.hosts.get(address.toLowerCase());
    if (!host) return undefined;
    const server = port === undefined ? onlyServer(host) : host.byPort.get(port) ?? host.anyPort;
    if (!server) return undefined;
    const { byNamespace } = server;
    if (namespace !== undefined) {
      const exact = byNamespace.get(namespace);
      if (exact !== undefined) return exact;
      const bar = namespace.indexOf('|');
      if (bar > 0) {
        const database = byNamespace.get(namespace.slice(0, bar));
        if (database !== undefined) return database;
      }
    }
    const open = byNamespace.get('');
    if (open !== undefined || namespace !== undefined) return open;
    return byNamespace.size === 1 ? byNamespace.values().next().value : undefined;
  }

  private serverFor(address: string, port: number | undefined): Server {
    let host = this.hosts.get(address);
    if (!host) this.hosts.set(address, (host = { byPort: new Map(), anyPort: null }));
    if (port === undefined) return (host.anyPort ??= { byNamespace: new Map() });
    let server = host.byPort.get(String(port));
    if (!server) host.byPort.set(String(port), (server = { byNamespace: new Map() }));
    return server;
  }
}

function onlyServer(host: Host): Server | null {
  if (host.anyPort) return host.byPort.size === 0 ? host.anyPort : null;
  return host.byPort.size === 1 ? (host.byPort.values().next().value ?? null) : null;
}
