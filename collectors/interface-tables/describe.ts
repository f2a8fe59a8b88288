/** What a connection test finds out about a database: version, clock, what our role may read, and that it cannot write. */
import type { Capability, PermissionFinding, SourceDescription } from '@/server/domain/sources/description';
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import type { ConnectedSource } from '../runtime/taps/connector';
import { SourceProblem, type DatabaseSession, type ServerFacts, type TableDialect, type TablePrivileges } from './dialect';

const LIMITS = { statementMs: 5_000, lockMs: 250 };
const MOST_NAMES = 8;
/** Half of this is within what a round trip can hide. */
const CLOCK_WARNING_MS = 2_000;

export async function describeDatabase<K extends ConnectableKind>(dialect: TableDialect<SettingsByKind[K]>, source: ConnectedSource<K>, signal: AbortSignal): Promise<SourceDescription> {
  const { observe, levers, settings } = source;
  if (!observe) return unreachable('The source has no credentials. Enter a user and a password.');
  let session: DatabaseSession | null = null;
  const stop = () => void session?.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    session = await dialect.connect(settings, observe, LIMITS);
    const server = await session.server();
    const tables = await session.privileges(schemasOf(settings));
    return {
      reachable: true, problem: '', product: dialect.product, version: server.version, isTestedVersion: server.isTestedVersion,
      latencyMs: Math.round(server.latencyMs), clockDifferenceMs: Math.round(server.clockMs - server.askedAtMs),
      capabilities: capabilities(tables),
      permissions: [...observing(tables, server), ...await acting(dialect, source, levers !== null)],
      notes: notes(tables, server, dialect.product),
    };
  } catch (error) {
    if (error instanceof SourceProblem) return unreachable(error.message);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await session?.close();
  }
}

function schemasOf(settings: object): readonly string[] {
  return 'schemas' in settings ? (settings.schemas as readonly string[]) : [];
}

function capabilities(tables: readonly TablePrivileges[]): Capability[] {
  const some = tables.some(({ canRead }) => canRead);
  const note = some ? '' : 'The user may read no table.';
  return [
    { id: 'depth', available: some, note: note || 'Counted exactly by status, for tables that contracts name.' },
    { id: 'age', available: some, note: note || 'From the createdAt column of the oldest row that waits.' },
    { id: 'rates', available: some, note: note || 'Needs a value for "done", createdAt and updatedAt, and an index that finds finished rows by updatedAt.' },
    { id: 'rows', available: some, note: note || 'Rows in error one by one, by a key that names each row.' },
    { id: 'dead-letters', available: false, note: 'Failed rows stay in their table; they are shown as failed messages.' },
    { id: 'message-tap', available: false, note: 'Rows are looked at, not copied.' },
    { id: 'alarms', available: false, note: 'A database raises none.' },
  ];
}

function observing(tables: readonly TablePrivileges[], server: ServerFacts): PermissionFinding[] {
  const unreadable = tables.filter(({ canRead }) => !canRead);
  const writable = tables.filter(({ canWrite }) => canWrite);
  const findings: PermissionFinding[] = [{
    for: 'observe', permission: `read ${tables.length - unreadable.length} of ${tables.length} tables`, granted: tables.length > unreadable.length,
    note: tables.length === 0 ? 'There is no table in the schemas of the settings.' : unreadable.length === 0 ? '' : `Not readable: ${namesOf(unreadable)}. Where a contract needs one: GRANT USAGE ON SCHEMA and GRANT SELECT ON the table.`,
  }];
  if (writable.length > 0) {
    findings.push({
      for: 'observe', permission: 'cannot write', granted: false,
      note: `The user may also write ${writable.length} tables (${namesOf(writable)}). Signalbox opens read-only sessions only, but a role that cannot write is safer: grant SELECT alone.`,
    });
  } else findings.push({ for: 'observe', permission: 'cannot write', granted: true, note: '' });
  findings.push({
    for: 'observe', permission: 'see when transactions of other users began', granted: server.seesTransactions,
    note: server.seesTransactions ? '' : 'Optional: with GRANT pg_read_all_stats, throughput also counts rows of transactions that read for more than a minute before they write.',
  });
  return findings;
}

/** Levers need a user of their own; each is asked with that user. */
async function acting<K extends ConnectableKind>(dialect: TableDialect<SettingsByKind[K]>, { levers, settings }: ConnectedSource<K>, isConfigured: boolean): Promise<PermissionFinding[]> {
  const needs: { for: PermissionFinding['for']; permission: string }[] = [
    { for: 'pause', permission: 'update the gate table signalbox.gate' },
    { for: 'canary', permission: 'update the gate table signalbox.gate' },
    { for: 'release', permission: 'update the gate table signalbox.gate' },
    { for: 'replay', permission: 'update the status column of interface tables' },
    { for: 'reroute', permission: 'update the destination column of interface tables' },
  ];
  if (!isConfigured || levers === null) return needs.map((need) => ({ ...need, granted: null, note: 'Observe only: no credentials for levers are stored.' }));
  let session: DatabaseSession | null = null;
  try {
    session = await dialect.connect(settings, levers, LIMITS);
    const tables = await session.privileges([...schemasOf(settings), ...(schemasOf(settings).length > 0 ? ['signalbox'] : [])]);
    const gate = tables.find(({ schema, table }) => schema === 'signalbox' && table === 'gate');
    const updatable = tables.filter((table) => table.canUpdate && table !== gate);
    return needs.map((need) => {
      if (need.permission.includes('gate')) {
        return { ...need, granted: gate?.canUpdate ?? false, note: gate ? (gate.canUpdate ? '' : 'GRANT SELECT, UPDATE (closed, allow, changed_at) ON signalbox.gate to the levers user.') : 'There is no table signalbox.gate: a database administrator installs it once.' };
      }
      return { ...need, granted: updatable.length > 0, note: updatable.length > 0 ? `Granted for ${updatable.length} tables: ${namesOf(updatable)}.` : 'GRANT UPDATE on that column to the levers user.' };
    });
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    return needs.map((need) => ({ ...need, granted: null, note: `The levers user cannot connect: ${error.message}` }));
  } finally {
    await session?.close();
  }
}

function notes(tables: readonly TablePrivileges[], server: ServerFacts, product: string): string[] {
  const out: string[] = [];
  const difference = server.clockMs - server.askedAtMs;
  if (!server.isTestedVersion) out.push(`Signalbox was not tested with ${product} ${server.version}; features are probed one by one.`);
  if (server.isSuperuser) out.push('The user is a superuser. Use a role that may only read the interface tables.');
  if (!server.isReadOnly) out.push('The server does not keep our sessions read-only by default; each of our transactions is read-only nevertheless.');
  if (!server.isEncrypted) out.push('The connection is not encrypted.');
  if (server.isReplica) out.push('This is a replica: what it shows is as old as its replication lag.');
  if (Math.abs(difference) > CLOCK_WARNING_MS) out.push(`The clock of the database is ${Math.abs(Math.round(difference / 1000))} s ${difference > 0 ? 'ahead of' : 'behind'} ours. Ages are measured by its own clock.`);
  const hidden = tables.filter(({ hasRowSecurity, canRead }) => hasRowSecurity && canRead);
  if (hidden.length > 0) out.push(`Row security applies to this user on ${namesOf(hidden)}: rows that its policies hide are not counted.`);
  return out;
}

function namesOf(tables: readonly TablePrivileges[]): string {
  const names = tables.slice(0, MOST_NAMES).map(({ schema, table }) => `${schema}.${table}`);
  return tables.length > MOST_NAMES ? `${names.join(', ')} and ${tables.length - MOST_NAMES} more` : names.join(', ');
}

function unreachable(problem: string): SourceDescription {
  return { reachable: false, problem, product: '', version: '', isTestedVersion: false, latencyMs: null, clockDifferenceMs: null, capabilities: [], permissions: [], notes: [] };
}
