import { isConsoleFile } from '@/server/domain/contracts/console-names';
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { Source } from '@/server/domain/contracts/sources-schema';
import { sourceMatch } from '@/server/domain/contracts/sources-schema';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { rememberedContracts } from '../contracts/remembered-contracts';
import { authorize } from '../service-context';
import type { SourceContext } from './source-context';
import type { SourceView, TapView } from './source-view';
import { readStoredConnections, secretPurpose, type StoredConnection } from './stored-connections';
import { readTapReports, toTapView, untapped } from './tap-view';

/**
 * Every source, by id: those that contract files declare and those that were added in the product. An id that a file in
 * force declares is the file's.
 */
export async function listSources(context: SourceContext): Promise<SourceView[]> {
  authorize(context, 'sources:read', 'The list of sources');
  const [{ documents, set }, stored, reports] = await Promise.all([rememberedContracts(context.db), readStoredConnections(context.db), readTapReports(context)]);
  const tapOf = (id: string) => toTapView(reports.get(id), context.now());
  const fromFiles = documents.flatMap(({ body, file }) => (body.kind === 'Sources' && !isConsoleFile(file) ? body.sources.map((source) => ofFile(source, file, set, tapOf)) : []));
  const declared = new Set(fromFiles.map(({ id }) => id));
  const fromConsole = stored.filter(({ sourceId }) => !declared.has(sourceId)).map((row) => ofConsole(row, context.box, set, tapOf));
  return [...fromFiles, ...fromConsole].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function ofFile(source: Source, file: string, set: ContractSet, tapOf: (id: string) => TapView): SourceView {
  const { id, name, system, kind, match } = source;
  const common = { id, name, kind, match, system: systemOf(system, set), origin: 'file' as const, file, enabled: true, revision: null, updatedBy: null, updatedAt: null, flows: flowsOn(id, set) };
  if (source.kind === 'http' || !source.connect) {
    return { ...common, settings: null, observeUser: null, leverUser: null, tap: untapped('off', source.kind === 'http' ? 'Recognised in telemetry; Signalbox does not connect to it.' : 'Recognised in telemetry only: its file has no "connect".') };
  }
  const { user, password: _, levers, ...settings } = source.connect;
  return { ...common, settings, observeUser: user, leverUser: levers?.user ?? null, tap: tapOf(id) };
}

function ofConsole(row: StoredConnection, box: SecretBox, set: ContractSet, tapOf: (id: string) => TapView): SourceView {
  const { sourceId: id, name, kind, enabled, settings, revision, updatedBy, updatedAt } = row;
  const users = usersOf(row, box);
  return {
    id, name, kind, enabled, revision, updatedBy, updatedAt: updatedAt.toISOString(), origin: 'console', file: null,
    system: systemOf(row.system, set, row.systemName), settings: settings as Record<string, unknown>, match: sourceMatch.array().parse(row.match),
    observeUser: users.observe, leverUser: users.levers, flows: flowsOn(id, set), tap: consoleTap(row, users.problem, tapOf),
  };
}

function consoleTap({ sourceId, enabled, observeSecret }: StoredConnection, problem: string | null, tapOf: (id: string) => TapView): TapView {
  if (!enabled) return untapped('off', 'Disabled: nothing is read from it.');
  if (observeSecret === null) return untapped('off', 'No user to look with is set. Edit the source and enter one.');
  return problem === null ? tapOf(sourceId) : untapped('down', problem);
}

/** Who Signalbox connects as. Of the credentials only this leaves the box. */
function usersOf({ sourceId, observeSecret, leverSecret }: StoredConnection, box: SecretBox): { observe: string | null; levers: string | null; problem: string | null } {
  const userOf = (sealed: string | null, use: 'observe' | 'levers') => (sealed === null ? null : box.open(sealed, secretPurpose(sourceId, use)).user);
  try {
    return { observe: userOf(observeSecret, 'observe'), levers: userOf(leverSecret, 'levers'), problem: null };
  } catch (error) {
    return { observe: null, levers: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function systemOf(id: string, set: ContractSet, name = id): SourceView['system'] {
  return { id, name: set.systems.find((system) => system.id === id)?.name ?? name };
}

function flowsOn(sourceId: string, set: ContractSet): string[] {
  return set.flows.filter(({ metadata, spec }) => metadata.lifecycle !== 'retired' && spec.path.some(({ channel }) => channel.source === sourceId)).map(({ metadata }) => metadata.id);
}
