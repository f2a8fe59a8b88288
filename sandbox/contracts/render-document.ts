import type { Document, Node } from 'yaml';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { DatabaseAddress } from '../runtime/database';
import { HOST, portOf } from '../settings';
import type { SystemId } from '../vocabulary';
import { SYSTEMS } from '../vocabulary';
import { compressDuration } from './compress';

/** What a running sandbox puts in place of a contract's real-life values. */
export interface Rendering {
  factor: number;
  basePort: number;
  database: DatabaseAddress;
}

/** Service levels of a flow that time passes for. The window is left alone: it is how far back one looks, not how fast things go. */
const FLOW_DURATIONS: readonly (readonly string[])[] = [
  ['spec', 'slo', 'deadline'],
  ['spec', 'slo', 'latency', 'p50'],
  ['spec', 'slo', 'latency', 'p95'],
  ['spec', 'slo', 'latency', 'p99'],
  ['spec', 'slo', 'backlog', 'oldestWarn'],
  ['spec', 'slo', 'backlog', 'oldestPage'],
];

/** One contract file as the running sandbox keeps it: its durations compressed, its sources where they really listen. */
export function renderDocument(text: string, rendering: Rendering): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => error.message).join('\n'));
  switch (document.get('kind')) {
    case 'Flow':
      for (const path of FLOW_DURATIONS) compressAt(document, path, rendering.factor);
      break;
    case 'Process':
      compressSteps(document, rendering.factor);
      break;
    case 'Sources':
      placeSources(document, rendering);
      break;
    default:
      return text;
  }
  return document.toString({ lineWidth: 0 });
}

function compressAt(document: Document, path: readonly (string | number)[], factor: number): void {
  const value = document.getIn(path);
  if (typeof value === 'string') document.setIn(path, compressDuration(value, factor));
}

function compressSteps(document: Document, factor: number): void {
  const steps = document.getIn(['spec', 'steps']);
  if (!isSeq(steps)) return;
  for (const index of steps.items.keys()) compressAt(document, ['spec', 'steps', index, 'deadline'], factor);
}

function placeSources(document: Document, { basePort, database }: Rendering): void {
  const sources = document.get('sources');
  if (!isSeq(sources)) return;
  for (const source of sources.items) {
    if (!isMap(source)) continue;
    const place = source.get('kind') === 'postgres'
      ? { address: database.address, port: database.port, namespace: database.name }
      : { address: HOST, port: portOf(systemOf(source.get('system')), basePort) };
    source.set('match', flow(document, [place]));
  }
}

function systemOf(value: unknown): SystemId {
  const system = SYSTEMS.find((candidate) => candidate === (isScalar(value) ? value.value : value));
  if (system === undefined) throw new Error(`A source belongs to the system "${String(value)}", which the sandbox does not run`);
  return system;
}

/** A node written on one line, as the contracts write their sources. */
function flow(document: Document, value: unknown): Node {
  return document.createNode(value, { flow: true });
}
