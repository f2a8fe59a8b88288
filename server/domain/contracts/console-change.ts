/** Judges a change of what was added in the product before it is made. */
import { consoleContractFiles, type ConsoleState } from './console-files';
import { isConsoleFile } from './console-names';
import type { ContractDocument } from './contract-set';
import { resolveContracts, type ContractFile } from './resolve-contracts';
import type { ContractProblem } from './rules';

/**
 * The problems that there would be afterwards and are not there now, in the document that is changed or in any other. What
 * is in force from the contract folder is taken as it is.
 *
 * @param inForce the documents in force, with those of the product
 */
export function problemsOfChange(inForce: readonly ContractDocument[], before: ConsoleState, after: ConsoleState): ContractProblem[] {
  const folder = filesOf(inForce.filter(({ file }) => !isConsoleFile(file)));
  const now = resolveContracts([...folder, ...consoleContractFiles(before)], inForce);
  const then = resolveContracts([...folder, ...consoleContractFiles(after)], now.documents);
  const known = new Set(now.problems.map(textOf));
  return then.problems.filter((problem) => !known.has(textOf(problem)));
}

/**
 * The problems that a contract file would bring into the folder, where it takes the place of the documents in force with
 * its ids.
 *
 * @param inForce the documents in force, with those of the product
 */
export function problemsOfFile(inForce: readonly ContractDocument[], state: ConsoleState, parsed: ContractFile): ContractProblem[] {
  if (parsed.problems.length > 0) return [...parsed.problems];
  const keyOf = ({ kind, id }: ContractDocument) => `${kind} ${id}`;
  const replaced = new Set(parsed.documents.map(keyOf));
  const folder = inForce.filter(({ file }) => !isConsoleFile(file));
  const product = consoleContractFiles(state);
  const now = resolveContracts([...filesOf(folder), ...product], inForce);
  const then = resolveContracts([...filesOf(folder.filter((document) => !replaced.has(keyOf(document)))), parsed, ...product], now.documents);
  const known = new Set(now.problems.map(textOf));
  return then.problems.filter((problem) => !known.has(textOf(problem)));
}

/** Documents in force as the files that they came from, for where the files themselves are not at hand. */
export function filesOf(documents: readonly ContractDocument[]): ContractFile[] {
  const files = new Map<string, ContractDocument[]>();
  for (const document of documents) files.set(document.file, [...(files.get(document.file) ?? []), document]);
  return [...files].map(([file, held]) => ({ file, documents: held, problems: [] }));
}

const textOf = ({ file, line, rule, message }: ContractProblem) => JSON.stringify([file, line, rule, message]);
