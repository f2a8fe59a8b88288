import type { Document, Node } from 'yaml';
import type { YAMLMap } from 'yaml';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { tableInsteadOf } from '../network/queues';
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
  /** Undefined when nobody may use the database but its owner. */
  databaseAccess?: Access;
  /** Undefined when every flow runs over interface tables. */
  broker?: BrokerPlace;
}

/** A user with the file that holds its password. */
interface Account {
  user: string;
  passwordFile: string;
}

/** Who looks at an installation, and who acts on it. */
export interface Access {
  observer: Account;
  operator: Account;
}

export interface BrokerPlace extends Access {
  address: string;
  port: number;
  /** Addresses without credentials. */
  amqp: string;
  management: string;
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

/** How every interface table of the network is laid out, in the words of a contract. */
const INTERFACE_COLUMNS = {
  key: 'interface_id',
  status: { column: 'status', pending: 'N', inProgress: 'P', done: 'C', error: 'E' },
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  attempts: 'attempts',
  errorText: 'error_text',
  destination: 'destination',
};

/** One contract file as the running sandbox keeps it: its durations compressed, its sources where they really listen. */
export function renderDocument(text: string, rendering: Rendering): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => error.message).join('\n'));
  switch (document.get('kind')) {
    case 'Flow':
      for (const path of FLOW_DURATIONS) compressAt(document, path, rendering.factor);
      if (rendering.broker === undefined) handOverByTables(document);
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

/** Without a broker, what the contracts say of queues is true of the interface tables that stand in for them. */
function handOverByTables(document: Document): void {
  replaceQueues(document, ['spec', 'path'], () => ({}));
  // An alternate is another destination in the same table.
  replaceQueues(document, ['spec', 'reroute', 'alternates'], (destination) => ({ where: { destination } }));
}

function replaceQueues(document: Document, at: readonly string[], share: (destination: string) => object): void {
  const places = document.getIn(at);
  if (!isSeq(places)) return;
  for (const [index, place] of places.items.entries()) {
    if (!isMap(place) || place.getIn(['channel', 'kind']) !== 'queue') continue;
    const found = tableInsteadOf(String(place.getIn(['channel', 'name'])));
    if (found === undefined) throw new Error(`No interface table stands in for the queue ${String(place.getIn(['channel', 'name']))}`);
    const { table, destination } = found;
    document.setIn([...at, index, 'channel'], document.createNode({
      source: 'interface-db', kind: 'table', schema: table.schema, table: table.table, ...INTERFACE_COLUMNS, ...share(destination),
    }));
  }
}

function placeSources(document: Document, rendering: Rendering): void {
  const sources = document.get('sources');
  if (!isSeq(sources)) return;
  if (rendering.broker === undefined) sources.items = sources.items.filter((source) => !isMap(source) || source.get('kind') !== 'rabbitmq');
  for (const source of sources.items) {
    if (isMap(source)) placeSource(document, source, rendering);
  }
}

function placeSource(document: Document, source: YAMLMap, { basePort, database, databaseAccess, broker }: Rendering): void {
  const kind = source.get('kind');
  if (kind === 'rabbitmq' && broker) {
    source.set('match', flow(document, [{ address: broker.address, port: broker.port }]));
    connectBy(document, source, broker, { management: broker.management, amqp: broker.amqp });
  } else if (kind === 'postgres') {
    source.set('match', flow(document, [{ address: database.address, port: database.port, namespace: database.name }]));
    connectBy(document, source, databaseAccess, { host: database.address, port: database.port, database: database.name });
  } else {
    const port = portOf(systemOf(source.get('system')), basePort);
    source.set('match', flow(document, [{ address: HOST, port }]));
    if (source.has('probe')) source.setIn(['probe', 'url'], `http://${HOST}:${port}`);
  }
}

/** A source that nobody may look at is only recognised in telemetry. */
function connectBy(document: Document, source: YAMLMap, access: Access | undefined, place: Record<string, string | number>): void {
  if (access === undefined) {
    source.delete('connect');
    return;
  }
  for (const [name, value] of Object.entries(place)) source.setIn(['connect', name], value);
  const { observer, operator } = access;
  source.setIn(['connect', 'user'], observer.user);
  source.setIn(['connect', 'password'], flow(document, { file: observer.passwordFile }));
  source.setIn(['connect', 'levers'], flow(document, { user: operator.user, password: { file: operator.passwordFile } }));
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
