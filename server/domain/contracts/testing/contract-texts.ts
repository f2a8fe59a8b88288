/** Small, valid contract documents for tests, with the places that tests vary. */

export const SOURCES = `apiVersion: signalbox/v1
kind: Sources
systems:
  - { id: erp, name: ERP }
  - { id: middleware, name: Middleware }
sources:
  - { id: rabbit-main, name: Message broker, system: middleware, kind: rabbitmq, match: [{ address: broker, port: 5672 }] }
  - { id: erp-db, name: ERP database, system: erp, kind: postgres, match: [{ address: db, port: 5432, namespace: erp }] }
  - { id: erp-api, name: ERP API, system: erp, kind: http, match: [{ address: erp.local, port: 8080 }] }
`;

export const FACILITIES = `apiVersion: signalbox/v1
kind: Lookup
metadata: { id: facilities, name: Facilities }
entries:
  "0100": { id: st-agnes, name: St. Agnes }
  "0200": { id: lakeside, name: Lakeside }
`;

interface FlowText { id?: string; metadata?: string; channel?: string; hop?: string; spec?: string }

/** A flow with one route hop; `hop` and `spec` are further lines at their level of indentation. */
export function flowText({ id = 'orders', metadata = '', channel = '{ source: erp-api, kind: route, method: POST, path: /po/v1/orders }', hop = '', spec = '' }: FlowText = {}): string {
  const lines = ['apiVersion: signalbox/v1', 'kind: Flow', 'metadata:', `  id: ${id}`, ...indent(metadata, 2), 'spec:', '  path:', '    - id: post', `      channel: ${channel}`, ...indent(hop, 6), ...indent(spec, 2)];
  return `${lines.join('\n')}\n`;
}

function indent(text: string, by: number): string[] {
  return text === '' ? [] : text.split('\n').map((line) => ' '.repeat(by) + line);
}
