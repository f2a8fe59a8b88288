/**
 * What was added in the product instead of the contract folder, as contract files of its own: one per source, one per
 * flow. They are resolved together with the folder, so the same rules hold for both.
 */
import { stringify } from 'yaml';
import type { ConnectableKind } from '../sources/connection';
import { consoleFlowFile, consoleSourceFile, consoleSourcesId } from './console-names';
import { parseContractFile, type ParsedContractFile } from './parse-contract-file';
import type { ContractProblem } from './rules';
import type { SourceMatch } from './sources-schema';

export interface ConsoleSource {
  id: string;
  name: string;
  system: { id: string; name: string };
  kind: ConnectableKind;
  match: readonly SourceMatch[];
}

export interface ConsoleDocument {
  kind: string;
  id: string;
  yaml: string;
}

export interface ConsoleState {
  sources: readonly ConsoleSource[];
  documents: readonly ConsoleDocument[];
}

/** What is judged before and after a change, and what collectors load again and again, is mostly the same. */
const parsedFiles = new WeakMap<ConsoleSource | ConsoleDocument, ParsedContractFile>();

/** Every source and document of the product as a contract file; each is parsed once as long as it is the same object. */
export function consoleContractFiles({ sources, documents }: ConsoleState): ParsedContractFile[] {
  return [
    ...sources.map((source) => parsedOnce(source, () => sourceFile(source))),
    ...documents.map((document) => parsedOnce(document, () => parseConsoleFlow(document.yaml, document.id))),
  ];
}

function parsedOnce(key: ConsoleSource | ConsoleDocument, parse: () => ParsedContractFile): ParsedContractFile {
  const known = parsedFiles.get(key);
  if (known) return known;
  const parsed = parse();
  parsedFiles.set(key, parsed);
  return parsed;
}

/** Each declares its system, because no file may do so; where one does, that one counts (see `contractSetOf`). */
function sourceFile({ id, name, system, kind, match }: ConsoleSource): ParsedContractFile {
  return parseContractFile(consoleSourceFile(id), stringify({
    apiVersion: 'signalbox/v1', kind: 'Sources', metadata: { id: consoleSourcesId(id) },
    systems: [system], sources: [{ id, name, system: system.id, kind, match }],
  }));
}

/**
 * Parses a document that is, or shall be, in force without a file: one flow and nothing else. A Sources document could
 * read any file of the collectors through `password`, and the others belong to more than one flow.
 *
 * @param id the flow it is stored as; absent for one that is not stored yet
 */
export function parseConsoleFlow(yaml: string, id?: string): ParsedContractFile {
  const named = id === undefined ? parseContractFile('draft', yaml).documents[0]?.id : id;
  const file = named === undefined ? 'draft' : consoleFlowFile(named);
  const parsed = parseContractFile(file, yaml);
  const problem = (line: number | null, message: string): ContractProblem => ({ file, line, rule: 'console-flow', message });
  const [first, second] = parsed.documents;
  for (const document of parsed.documents) {
    if (document.kind !== 'Flow') parsed.problems.push(problem(document.lineAt(['kind']), `A document of kind ${document.kind} cannot be activated here, only a Flow. Put it into the contract folder.`));
  }
  if (second) parsed.problems.push(problem(second.lineAt(['kind']), 'There is more than one document. Activate each flow on its own.'));
  if (first?.kind === 'Flow' && id !== undefined && first.id !== id) parsed.problems.push(problem(first.lineAt(['metadata', 'id']), `The id is "${first.id}", but this is the flow "${id}".`));
  return parsed;
}
