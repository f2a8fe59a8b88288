/** The one way in which sources of the product change: audited, checked against the contracts in force, under a lock. */
import { consoleSourceFile, isConsoleFile } from '@/server/domain/contracts/console-names';
import { problemsOfChange } from '@/server/domain/contracts/console-change';
import type { ConsoleSource, ConsoleState } from '@/server/domain/contracts/console-files';
import type { Permission } from '@/server/domain/roles/permissions';
import { audited, type Note } from '../audit/audited';
import { lockConsole, readConsoleState, type Transaction } from '../contracts/console-state';
import { loadActiveContracts, type ActiveContracts } from '../contracts/load-active-contracts';
import { Refusal } from '../refusal';
import { authorize } from '../service-context';
import type { SourceContext } from './source-context';
import type { StoredConnection } from './stored-connections';

export interface SourcesToChange {
  tx: Transaction;
  active: ActiveContracts;
  state: ConsoleState;
  /** The source as stored; null when there is none in the product. */
  stored: StoredConnection | null;
  /** Adds to the event in the audit trail. */
  record: Note;
}

interface SourceAct {
  sourceId: string;
  /** As the audit trail calls it, e.g. `source.update`. */
  action: string;
  permission: Permission;
}

/**
 * Runs a change of one source while nobody else changes any.
 *
 * @throws Refusal not-found without the permission, and those out of the change; each is audited
 */
export async function changeSource<T>(context: SourceContext, { sourceId, action, permission }: SourceAct, change: (now: SourcesToChange) => Promise<T>): Promise<T> {
  return audited(context, { action, subject: `source:${sourceId}` }, async (tx, record) => {
    authorize(context, permission, `Source "${sourceId}"`);
    await lockConsole(tx);
    const active = await loadActiveContracts(tx);
    const state = await readConsoleState(tx);
    const stored = await tx.query.sourceConnections.findFirst({ where: (row, { eq }) => eq(row.sourceId, sourceId) });
    return change({ tx, active, state, stored: (stored as StoredConnection | undefined) ?? null, record });
  });
}

/** The file in force that declares the source; null when none does. */
export function declaringFile({ documents }: ActiveContracts, sourceId: string): string | null {
  return documents.find(({ body, file }) => body.kind === 'Sources' && !isConsoleFile(file) && body.sources.some(({ id }) => id === sourceId))?.file ?? null;
}

/** @throws Refusal conflict that says which rule of the contracts the source would break */
export function refuseContradictions({ active, state }: SourcesToChange, source: ConsoleSource): void {
  const sources = [...state.sources.filter(({ id }) => id !== source.id), source];
  const problems = problemsOfChange(active.documents, state, { ...state, sources });
  if (problems.length === 0) return;
  const own = consoleSourceFile(source.id);
  throw new Refusal('conflict', problems[0]!.message, {
    issues: problems.map(({ file, line, rule, message }) => (file === own
      ? { field: rule === 'source-match' ? 'match' : rule === 'duplicate-id' ? 'id' : null, file: null, line: null, rule, message }
      : { field: null, file, line, rule, message })),
  });
}

/** The refusal for a source that cannot be changed here, because it is declared by a file or not known at all. */
export function notInConsole(active: ActiveContracts, sourceId: string): Refusal {
  const file = declaringFile(active, sourceId);
  return file === null
    ? new Refusal('not-found', `Source "${sourceId}" was not found.`)
    : new Refusal('conflict', `Source "${sourceId}" is declared by the contract file ${file}. Change it there.`);
}
