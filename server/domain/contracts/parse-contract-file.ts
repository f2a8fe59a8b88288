/** From the text of one file to typed contract documents, or to problems with file, line and rule. Never throws. */
import { createHash } from 'node:crypto';
import { LineCounter, isMap, isNode, isScalar, isSeq, parseAllDocuments, visit, type Document } from 'yaml';
import { CONTRACT_SCHEMAS } from './contract-schemas';
import { CONTRACT_KINDS, type ContractBody, type ContractDocument, type ContractKind } from './contract-set';
import { explainIssues } from './explain-issues';
import { lintFlow } from './lint-flow';
import { lintProcess } from './lint-process';
import { lintSources } from './lint-sources';
import type { ContractProblem, ContractRule, DocumentPath, Finding } from './rules';

export const MAX_FILE_BYTES = 1024 * 1024;
const MAX_ALIASES = 100;
/** More findings than this in one document help nobody. */
const MAX_FINDINGS = 50;

/** A document that knows the line of each of its keys. */
export interface PlacedDocument extends ContractDocument {
  lineAt(path: DocumentPath): number;
}

export interface ParsedContractFile {
  file: string;
  /** The valid documents. When there are problems too, the file as a whole must not come into force. */
  documents: PlacedDocument[];
  problems: ContractProblem[];
}

/** Parses and validates one contract file of one or more YAML documents; `fileName` is only used in messages. */
export function parseContractFile(fileName: string, text: string): ParsedContractFile {
  const parsed: ParsedContractFile = { file: fileName, documents: [], problems: [] };
  const problem = (rule: ContractRule, line: number | null, message: string) => parsed.problems.push({ file: fileName, line, rule, message });
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) {
    problem('file-unreadable', null, `The file has ${bytes} bytes; a contract file may have at most ${MAX_FILE_BYTES}. Split it.`);
    return parsed;
  }
  if (text.includes('\u0000') || text.includes('\uFFFD')) {
    problem('file-unreadable', null, 'The file is not UTF-8 text. Save it as UTF-8.');
    return parsed;
  }
  try {
    const lines = new LineCounter();
    // The parser's own check for duplicate keys is quadratic; ours below is linear.
    for (const document of parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })) {
      if (isDocument(document)) parseDocument(document, lines, text, fileName, parsed);
    }
    // An editor that is about to write leaves an empty file for a moment: that must not retire a contract.
    if (parsed.documents.length === 0 && parsed.problems.length === 0) problem('file-empty', null, 'The file holds no document. Delete it if it is no longer needed.');
  } catch (error) {
    problem('yaml-syntax', null, `The file cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parsed;
}

function isDocument(value: unknown): value is Document.Parsed {
  return typeof value === 'object' && value !== null && 'contents' in value;
}

function parseDocument(document: Document.Parsed, lines: LineCounter, text: string, file: string, into: ParsedContractFile): void {
  const lineOfOffset = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const report = (rule: ContractRule, line: number, message: string) => into.problems.push({ file, line, rule, message });

  for (const error of document.errors.slice(0, MAX_FINDINGS)) report('yaml-syntax', lineOfOffset(error.pos[0]), firstLine(error.message));
  if (document.errors.length > 0) return;
  // An empty document, e.g. after a trailing "---".
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return;
  if (!isMap(document.contents)) {
    report('unknown-kind', lineOfOffset(document.contents.range[0]), 'A document must be a map with apiVersion, kind and its content.');
    return;
  }
  const badKeys = settleKeys(document);
  for (const { offset, message } of badKeys.slice(0, MAX_FINDINGS)) report('yaml-syntax', lineOfOffset(offset), message);
  if (badKeys.length > 0) return;

  const lineAt = (path: DocumentPath) => lineOfOffset(offsetOf(document, path));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    report('yaml-syntax', lineAt([]), `The aliases of this document cannot be resolved: ${error instanceof Error ? firstLine(error.message) : String(error)}.`);
    return;
  }
  const findings: Finding[] = [];
  const kind = kindOf(value);
  if (kind === null) {
    report('unknown-kind', lineAt(['kind']), `kind must be one of ${CONTRACT_KINDS.join(', ')}.`);
    return;
  }
  const body = validate(kind, value, findings);
  if (findings.length === 0 && body) {
    const version = 'version' in body.metadata ? body.metadata.version : '0.0.0';
    const yaml = text.slice(document.range[0], document.range[2]).replaceAll('\r\n', '\n').trim() + '\n';
    into.documents.push({ kind, id: body.metadata.id, version, file, body, yaml, sha256: createHash('sha256').update(yaml).digest('hex'), lineAt });
  }
  for (const finding of findings.slice(0, MAX_FINDINGS)) report(finding.rule, lineAt(finding.path), finding.message);
}

function kindOf(value: unknown): ContractKind | null {
  const kind = (value as { kind?: unknown }).kind;
  return CONTRACT_KINDS.find((known) => known === kind) ?? null;
}

/** The typed document, or null with the findings. */
function validate(kind: ContractKind, value: unknown, findings: Finding[]): ContractBody | null {
  const result = CONTRACT_SCHEMAS[kind].safeParse(value);
  if (!result.success) {
    findings.push(...explainIssues(result.error.issues, value));
    return null;
  }
  if (result.data.kind === 'Flow') findings.push(...lintFlow(result.data));
  if (result.data.kind === 'Process') findings.push(...lintProcess(result.data));
  if (result.data.kind === 'Sources') findings.push(...lintSources(result.data));
  return result.data;
}

/**
 * Makes every key text exactly as written (YAML would turn the payer code 00435 into the number 435) and finds keys
 * that occur twice in one map or that are not plain text.
 */
function settleKeys(document: Document.Parsed): { offset: number; message: string }[] {
  const bad: { offset: number; message: string }[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const offset = isNode(key) ? key.range?.[0] ?? 0 : 0;
        if (!isScalar(key)) {
          bad.push({ offset, message: 'A key must be plain text.' });
          continue;
        }
        const name = typeof key.value === 'string' ? key.value : key.source ?? String(key.value);
        key.value = name;
        if (seen.has(name)) bad.push({ offset, message: `"${name}" occurs twice in the same map; remove one of them.` });
        if (name === '__proto__') bad.push({ offset, message: `"${name}" cannot be used as a key.` });
        seen.add(name);
      }
    },
  });
  return bad;
}

/** Where a path begins in the text; for a key that is absent, where its nearest present parent begins. */
function offsetOf(document: Document.Parsed, path: DocumentPath): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(step));
      if (!pair) return offset;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else {
      const item = isSeq(node) ? node.items[Number(step)] : undefined;
      if (!isNode(item) || !item.range) return offset;
      offset = item.range[0];
      node = item;
    }
  }
  return offset;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
