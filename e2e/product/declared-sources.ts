import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { product } from './product';

interface Connect {
  host?: string;
  port?: number;
  database?: string;
  schemas?: string[];
  management?: string;
  amqp?: string;
  vhosts?: string[];
  user: string;
  password: { file: string };
}

interface DeclaredSource {
  id: string;
  match: { port: number }[];
  connect?: Connect;
}

/** The sources that contract files of the running product declare. */
function declaredSources(): DeclaredSource[] {
  const dir = join(product().dataDir, 'contracts');
  const documents = readdirSync(dir)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => parse(readFileSync(join(dir, name), 'utf8')) as { kind: string; sources?: DeclaredSource[] });
  return documents.flatMap((document) => (document.kind === 'Sources' ? (document.sources ?? []) : []));
}

/** Ports of the hospital's that Signalbox may connect to, because a source in force names them. */
export function declaredPorts(): Set<number> {
  return new Set(declaredSources().flatMap(({ match, connect }) => [...match.map(({ port }) => port), ...portsOf(connect)]));
}

/** How to reach the interface database of the sandbox, as whoever may only look. */
export function interfaceDatabase(): { port: number; database: string; schemas: string[]; user: string; password: string } {
  const connect = declaredSources().find(({ id }) => id === 'interface-db')?.connect;
  if (connect?.port === undefined || connect.database === undefined) throw new Error('The sandbox declares no connected interface database.');
  const { port, database, schemas = [], user, password } = connect;
  return { port, database, schemas, user, password: readFileSync(password.file, 'utf8').trim() };
}

/** How to reach the sandbox's broker, as whoever may only look. */
export function sandboxBroker(): { management: string; amqp: string; vhost: string; user: string; password: string } {
  const connect = declaredSources().find(({ id }) => id === 'rabbit-main')?.connect;
  const vhost = connect?.vhosts?.[0];
  if (connect?.management === undefined || connect.amqp === undefined || vhost === undefined) throw new Error('The sandbox declares no connected broker.');
  return { management: connect.management, amqp: connect.amqp, vhost, user: connect.user, password: readFileSync(connect.password.file, 'utf8').trim() };
}

function portsOf(connect: Connect | undefined): number[] {
  const addresses = [connect?.management, connect?.amqp].filter((address) => address !== undefined);
  return [...(connect?.port === undefined ? [] : [connect.port]), ...addresses.map((address) => Number(new URL(address).port))];
}
