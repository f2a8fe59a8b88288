/** What the gate of a table is, whom it holds, and how it is changed. */
import { z } from 'zod';
import type { TableName } from '../../dialect';
import type { GateChange, GateFacts, GatePolicy, GateRole, GateRow } from '../../lever-dialect';
import { isTrue } from '../catalog';
import type { PostgresConnection, TextRow } from '../connection';
import * as statements from './gate-statements';

const SUBJECT = 'the table signalbox.gate';

/** A look takes less than this, and is told of all keys that could pass during it. */
const LATELY_MS = 10_000;

/** What we write; whatever else somebody wrote there by hand counts as theirs. */
const allowed = z.object({
  keys: z.array(z.string()).catch([]), lately: z.array(z.object({ keys: z.array(z.string()), untilMs: z.number() })).catch([]), hold: z.string().nullable().catch(null), column: z.string().nullable().catch(null),
  closedBy: z.string().regex(/^\d+$/).nullable().catch(null),
}).partial();

const policyList = z.array(z.object({ name: z.string(), command: z.string(), restrictive: z.boolean(), roles: z.array(z.string()).nullable() }));

export async function readGate(connection: PostgresConnection, { schema, table }: TableName, share: string): Promise<GateFacts> {
  const [gate] = await connection.query(statements.GATE_TABLE, [], SUBJECT);
  const [security] = await connection.query(statements.SECURITY, [schema, table], `table ${schema}.${table}`);
  const roles = await connection.query(statements.ROLES, [schema, table], `table ${schema}.${table}`);
  const mayRead = isTrue(gate?.may_read);
  const knowsShares = isTrue(gate?.knows_shares);
  const rows = mayRead ? await connection.query(statements.gateRows(knowsShares), [schema, table], SUBJECT) : [];
  const own = rows.find((row) => row.share === share);
  const isSecured = isTrue(security?.is_secured);
  return {
    table: gate === undefined ? 'absent' : mayRead ? 'ready' : 'denied',
    mayChange: isTrue(gate?.may_change),
    mayInsert: isTrue(gate?.may_insert),
    knowsShares,
    row: own === undefined ? null : gateRow(own),
    otherClosed: rows.filter((row) => row !== own && isTrue(row.closed)).map((row) => ({ share: row.share ?? '', hold: gateRow(row).hold })),
    isSecured,
    policies: policyList.parse(JSON.parse(security?.policies ?? '[]')).map(policyOf),
    roles: roles.map((row) => roleOf(row, isSecured)),
  };
}

/** @returns what became of it; `not-ours` also where there is no row and none may be written */
export async function changeGate(connection: PostgresConnection, { schema, table }: TableName, share: string, { knowsShares, row }: Pick<GateFacts, 'knowsShares' | 'row'>, change: GateChange): Promise<'changed' | 'not-ours'> {
  const changed = await connection.inTransaction(SUBJECT, async () => {
    const values = [
      schema, table, share, change.closed, JSON.stringify(change.keys), change.hold, change.operation, change.fence.toString(),
      change.closedBy?.toString() ?? null, change.onlyIfClosed, JSON.stringify(row?.closed ? latelyOf(row) : []),
    ];
    const rows = await connection.query(statements.changeGate(knowsShares), values, SUBJECT);
    return rows.length > 0 ? true : null;
  });
  return changed ? 'changed' : 'not-ours';
}

function latelyOf({ keys, lately, clockMs }: GateRow): GateRow['lately'] {
  return [...lately.filter(({ untilMs }) => untilMs > clockMs - LATELY_MS), ...(keys.length === 0 ? [] : [{ keys, untilMs: clockMs }])];
}

export async function insertGate(connection: PostgresConnection, { schema, table }: TableName, share: string, knowsShares: boolean): Promise<void> {
  await connection.inTransaction(SUBJECT, async () => connection.query(statements.insertGate(knowsShares), [schema, table, ...(knowsShares ? [share] : [])], SUBJECT));
}

function gateRow(row: TextRow): GateRow {
  const read = allowed.safeParse(row.allow === null || row.allow === undefined ? {} : JSON.parse(row.allow));
  const { keys = [], lately = [], hold = null, column = null, closedBy = null } = read.success ? read.data : {};
  return { closed: isTrue(row.closed), hold, keys, lately, passesByColumn: column !== null, closedBy: closedBy === null ? null : BigInt(closedBy), changedAt: row.changed_at ?? null, ledElsewhere: BigInt(row.led ?? 0), clockMs: Number(row.clock_ms) };
}

/** Commands of policies as the catalog writes them: r is SELECT, w is UPDATE, * is all. */
function policyOf({ name, command, restrictive, roles }: z.infer<typeof policyList>[number]): GatePolicy {
  return { name, isRestrictive: restrictive, hidesFromReading: restrictive && 'r*'.includes(command), hidesFromLocking: restrictive && 'rw*'.includes(command), roles: roles ?? [] };
}

function roleOf(row: TextRow, isSecured: boolean): GateRole {
  const exempt = isTrue(row.is_super) ? 'superuser' : isTrue(row.bypasses) ? 'bypass' : isTrue(row.owns) ? 'owner' : '';
  return {
    name: row.name ?? '', isNamed: isTrue(row.is_named), exempt,
    isHeld: isSecured && exempt === '' && isTrue(row.is_covered),
    readsGate: isTrue(row.reads_gate), sessions: Number(row.sessions),
  };
}
