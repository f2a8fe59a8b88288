import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ReceivedSpan, SpanKind } from './otlp-sink';

interface LegRule { spanKind: SpanKind; service: string | string[]; when?: Record<string, string> }
interface HopRule {
  id: string;
  channel: { source: string } & (
    | { kind: 'table'; schema: string; table: string }
    | { kind: 'route'; method: string; path: string }
    | { kind: 'queue'; exchange: string; keys: string[]; name: string }
  );
  when?: Record<string, string>;
  legs: { enter: LegRule; leave: LegRule };
}
interface FlowRule { kind: 'Flow'; metadata: { id: string }; spec: { path: HopRule[] } }
interface SourcesRule { kind: 'Sources'; sources: { id: string; match: { address: string; port: number; namespace?: string }[] }[] }

/** One leg of one hop of one flow, as its contract says how to recognise it. */
export interface Leg {
  /** `flow/hop/leg` */
  name: string;
  flow: string;
  recognises(span: ReceivedSpan): boolean;
}

/** Every leg that the contracts of a folder name, read as plainly as their words say. */
export function legsOfContracts(folder: string): Leg[] {
  const documents = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as FlowRule | SourcesRule | { kind: 'Process' });
  const sources = documents.flatMap((document) => (document.kind === 'Sources' ? document.sources : []));
  return documents.flatMap((document) => (document.kind === 'Flow' ? legsOfFlow(document, sources) : []));
}

function legsOfFlow(flow: FlowRule, sources: SourcesRule['sources']): Leg[] {
  return flow.spec.path.flatMap((hop) => {
    return (['enter', 'leave'] as const).map((leg): Leg => {
      const rule = hop.legs[leg];
      const expected = channelAttributes(hop, leg, sources);
      const attributes = { ...expected, ...attributesOf(hop.when), ...attributesOf(rule.when) };
      return {
        name: `${flow.metadata.id}/${hop.id}/${leg}`,
        flow: flow.metadata.id,
        recognises: (span) =>
          span.kind === rule.spanKind && [rule.service].flat().includes(span.service) &&
          Object.entries(attributes).every(([key, value]) => span.attributes[key] === value) &&
          (leg === 'leave' || isSentBy(hop, span)),
      };
    });
  });
}

function channelAttributes({ channel }: HopRule, leg: 'enter' | 'leave', sources: SourcesRule['sources']): Record<string, string> {
  const match = sources.find((source) => source.id === channel.source)?.match[0];
  if (match === undefined) throw new Error(`No source ${channel.source}`);
  const place = { 'server.address': match.address, 'server.port': String(match.port) };
  switch (channel.kind) {
    case 'table': return { ...place, 'db.namespace': match.namespace ?? '', 'db.collection.name': `${channel.schema}.${channel.table}` };
    case 'route': return { ...place, 'http.request.method': channel.method, 'http.route': channel.path };
    case 'queue': return { ...place, 'messaging.system': 'rabbitmq', 'messaging.destination.name': leg === 'enter' ? channel.exchange : channel.name };
  }
}

/** Of several queues behind one exchange, the routing key tells which one a message is for. */
function isSentBy({ channel }: HopRule, span: ReceivedSpan): boolean {
  if (channel.kind !== 'queue') return true;
  const key = span.attributes['messaging.rabbitmq.destination.routing_key'] ?? '';
  return channel.keys.some((pattern) => key.startsWith(pattern.replace(/#$/, '')));
}

function attributesOf(when: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(when ?? {}).map(([selector, value]) => [selector.replace(/^attr:/, ''), value]));
}
