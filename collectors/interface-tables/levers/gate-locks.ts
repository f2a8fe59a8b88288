/** Whether the gate of a table would hold who takes rows from it; and if not, why not and what to do. */
import type { PlanLock } from '@/server/domain/operations/plan';
import type { GateFacts, GatePlan, GateRole, LeverDialect } from '../lever-dialect';
import type { LeverTable } from './lever-table';

/** Stands in the script where nobody can tell the role. */
const UNKNOWN_CONSUMER = 'role_of_the_consuming_application';
const MOST_NAMES = 6;

/** @param user the levers user */
export function gateLocks(gate: GateFacts, { name, share, otherFlows, channel }: LeverTable, user: string): PlanLock[] {
  const run = 'A database administrator installs it once: the script stands under the native commands of this plan.';
  if (gate.table === 'absent') return [{ code: 'gate-not-installed', sentence: `There is no table signalbox.gate in the database, so ${name} cannot be held by its gate. ${run}` }];
  if (gate.table === 'denied' || !gate.mayChange) return [{ code: 'missing-grant', sentence: `The levers user ${user} may not work the gate. Let the database administrator run: GRANT USAGE ON SCHEMA signalbox TO "${user.replaceAll('"', '""')}"; GRANT SELECT, UPDATE (closed, allow, changed_at) ON signalbox.gate TO "${user.replaceAll('"', '""')}";` }];
  const policies = gate.policies.filter(({ isRestrictive, hidesFromLocking }) => isRestrictive && hidesFromLocking);
  if (policies.length === 0) return [{ code: 'gate-no-policy', sentence: `No policy of ${name} asks the gate${gate.policies.length > 0 ? ' and restricts reading or changing' : ''}, so closing it would hold nobody. ${run}` }];
  if (!gate.isSecured) return [{ code: 'gate-no-policy', sentence: `Row security of ${name} is switched off, so its policies hold nobody. Let the owner run: ALTER TABLE … ENABLE ROW LEVEL SECURITY.` }];
  const locks: PlanLock[] = [];
  if (share !== '' && (!gate.knowsShares || gate.row === null)) {
    const others = otherFlows.length === 0 ? 'rows that no contract names' : `flows ${otherFlows.join(', ')}`;
    locks.push({ code: 'gate-whole-table', sentence: `The gate of ${name} holds the whole table, which also serves ${others}: they would be held as well. Let the database administrator run the script under the native commands, which makes a gate for ${share} alone.` });
  } else if (gate.row === null && !gate.mayInsert) {
    locks.push({ code: 'gate-no-row', sentence: `signalbox.gate has no row for ${name}, and the levers user may not write one. ${run}` });
  }
  // Policies of PUBLIC name nobody; then those that it reaches are meant.
  const named = gate.roles.filter(({ isNamed }) => isNamed);
  for (const role of named.filter(({ isHeld }) => !isHeld)) locks.push({ code: 'gate-role-exempt', sentence: exemption(role, name, channel.schema, channel.table) });
  if (!gate.roles.some(({ isHeld }) => isHeld)) locks.push({ code: 'gate-holds-nobody', sentence: `No role that may update ${name} is held by its policies (they name ${namesOf(policies.flatMap(({ roles }) => roles))}). Name the role of the consuming application in the policies: ${run}` });
  const blind = gate.roles.filter(({ isHeld, readsGate }) => isHeld && !readsGate);
  if (blind.length > 0) locks.push({ code: 'gate-not-readable', sentence: `${namesOf(blind.map((role) => role.name))} may not read signalbox.gate, so its own statements fail. Grant it at once: GRANT USAGE ON SCHEMA signalbox and GRANT SELECT ON signalbox.gate.` });
  return locks;
}

/** Who could still take rows, and what an application will notice. */
export function gateWarnings(gate: GateFacts, { name }: LeverTable): string[] {
  const warnings: string[] = [];
  const free = gate.roles.filter(({ isHeld, isNamed }) => !isHeld && !isNamed);
  const connected = free.filter(({ sessions }) => sessions > 0);
  const others = free.filter(({ sessions, exempt }) => sessions === 0 && exempt !== 'superuser');
  if (connected.length > 0) warnings.push(`${namesOf(connected.map(({ name: role, sessions }) => `${role} (${sessions} connections)`))} may take rows of ${name} and ${connected.length === 1 ? 'is' : 'are'} not held by the gate. Should the consuming application use one of these, it is not held; the hold is then shown as leaking.`);
  if (others.length > 0) warnings.push(`Not connected now and not held either: ${namesOf(others.map((role) => role.name))}.`);
  const isHiddenFromReading = gate.policies.some(({ hidesFromReading }) => hidesFromReading);
  warnings.push(isHiddenFromReading
    ? 'While the gate is closed, the application is refused when it puts a row that it has in process back to pending: such a row stays in process until the gate is open.'
    : 'The policies keep rows from being locked or changed, not from being read: an application that works on rows before it locks them is not held.');
  return warnings;
}

/** The script for this table, with the shares of all contracts, because it replaces what an earlier one made, and the roles that the catalog suggests. */
export function installScript<S>(dialect: LeverDialect<S>, { question, shares }: LeverTable, gate: GateFacts, operator: string, columns: readonly string[]): string {
  const named = gate.roles.filter(({ isNamed }) => isNamed);
  const likely = named.length > 0 ? named : gate.roles.filter(({ exempt }) => exempt === '');
  const consumers = likely.map(({ name }) => name).slice(0, MOST_NAMES);
  const plan: GatePlan = {
    schema: question.schema, table: question.table, key: question.key, statusColumn: question.statusColumn, pending: question.statuses.pending,
    shares: shares.filter(({ partition }) => partition !== ''),
    columns, consumers: consumers.length > 0 ? consumers : [UNKNOWN_CONSUMER], operator, holds: 'reading',
  };
  return dialect.gateScript(plan);
}

function exemption({ name: role, exempt }: GateRole, table: string, schema: string, plain: string): string {
  switch (exempt) {
    case 'superuser': return `${role} is a superuser, whom no policy holds. Let the consuming application use a role of its own.`;
    case 'bypass': return `${role} has BYPASSRLS, so no policy holds it. Let a superuser run: ALTER ROLE "${role.replaceAll('"', '""')}" NOBYPASSRLS;`;
    case 'owner': return `${role} owns ${table}, and policies do not hold owners. Let the consuming application use a role of its own, or run: ALTER TABLE "${schema.replaceAll('"', '""')}"."${plain.replaceAll('"', '""')}" FORCE ROW LEVEL SECURITY;`;
    case '': return `${role} is named by the policies of ${table}, but none of them keeps it from taking rows. Run the script under the native commands again.`;
  }
}

function namesOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return distinct.length > MOST_NAMES ? `${distinct.slice(0, MOST_NAMES).join(', ')} and ${distinct.length - MOST_NAMES} more` : distinct.join(', ');
}
