/**
 * Decides what is in force: the new documents where they are sound, the last good version where they are not. One bad
 * file never takes a working contract away, and never brings half of itself into force.
 */
import { contractSetOf, type ContractDocument, type ContractSet } from './contract-set';
import { lintSet } from './lint-set';
import type { PlacedDocument } from './parse-contract-file';
import type { ContractProblem, DocumentPath } from './rules';

/** A contract file as far as it is known: just parsed, or what is in force of it. */
export interface ContractFile {
  file: string;
  documents: readonly ContractDocument[];
  /** When there are any, the file as a whole does not come into force. */
  problems: readonly ContractProblem[];
}

export interface ResolvedContracts {
  /** In force from now on, ordered by kind and id. */
  documents: ContractDocument[];
  set: ContractSet;
  /** Ordered by file and line. */
  problems: ContractProblem[];
}

const keyOf = (document: Pick<ContractDocument, 'kind' | 'id'>) => `${document.kind} ${document.id}`;

/**
 * @param unordered every contract file as it is now: those of the folder, and those of the product
 * @param previous the documents in force until now
 */
export function resolveContracts(unordered: readonly ContractFile[], previous: readonly ContractDocument[]): ResolvedContracts {
  const files = unordered.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const problems: ContractProblem[] = files.flatMap((file) => file.problems);
  const inForce = new Map(previous.map((document) => [keyOf(document), document]));
  const isUnchanged = (document: ContractDocument) => inForce.get(keyOf(document))?.sha256 === document.sha256 && inForce.get(keyOf(document))?.file === document.file;
  const badFiles = new Set(files.filter((file) => file.problems.length > 0).map(({ file }) => file));

  // Each round sets aside at least one more file, so there are at most as many rounds as files.
  for (;;) {
    const fresh = files.filter(({ file }) => !badFiles.has(file)).flatMap((file) => file.documents);
    const freshKeys = new Set(fresh.map(keyOf));
    const kept = previous.filter((document) => badFiles.has(document.file) && !freshKeys.has(keyOf(document)));
    const candidates: ContractDocument[] = [...fresh, ...kept];
    const findings = lintSet(candidates);
    const placed = new Set<ContractDocument>(fresh);
    // A document that was in force as it is now stays; what is new or changed must fit to it.
    const blamed = findings.filter(({ document }) => placed.has(document) && !isUnchanged(document));
    if (blamed.length === 0) {
      for (const finding of findings) problems.push({ file: finding.document.file, line: lineOf(finding.document, finding.path), rule: finding.rule, message: finding.message });
      return { ...finish(candidates), problems: sortProblems(problems) };
    }
    for (const { document, path, rule, message } of blamed) {
      badFiles.add(document.file);
      problems.push({ file: document.file, line: lineOf(document, path), rule, message });
    }
  }
}

function finish(documents: readonly ContractDocument[]): Pick<ResolvedContracts, 'documents' | 'set'> {
  const sorted = documents.map(({ kind, id, version, file, yaml, sha256, body }): ContractDocument => ({ kind, id, version, file, yaml, sha256, body }))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { documents: sorted, set: contractSetOf(sorted.map(({ body }) => body)) };
}

function lineOf(document: ContractDocument, path: DocumentPath): number | null {
  return 'lineAt' in document ? (document as PlacedDocument).lineAt(path) : null;
}

function sortProblems(problems: readonly ContractProblem[]): ContractProblem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify([problem.file, problem.line, problem.rule, problem.message]), problem]));
  return [...unique.values()].toSorted((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
}
