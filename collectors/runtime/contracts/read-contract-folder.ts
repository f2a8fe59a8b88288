/** Reads a folder of contract files: which are there, whether they changed, and what they say. */
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { MAX_FILE_BYTES, parseContractFile, type ParsedContractFile } from '@/server/domain/contracts/parse-contract-file';
import type { ContractRule } from '@/server/domain/contracts/rules';

const MOST_FILES = 5_000;
const DEEPEST = 16;

interface ContractFile {
  /** Path from the folder, with "/" on every platform. */
  name: string;
  path: string;
  /** Differs when the file was written or replaced. */
  fingerprint: string;
  size: number;
}

export interface ContractFolder {
  /** Differs when any file was added, removed, written or replaced. */
  fingerprint: string;
  files: readonly ContractFile[];
  /** Every folder looked into, for watching. */
  folders: readonly string[];
  problems: readonly ParsedContractFile[];
}

/**
 * Lists `*.yaml` and `*.yml` below a folder. Links are followed as long as they stay inside it, which is how container
 * platforms mount configuration; hidden files and folders are left out.
 *
 * @throws when the folder itself cannot be read
 */
export async function scanContractFolder(dir: string): Promise<ContractFolder> {
  const root = await realpath(dir);
  const found = { files: [] as ContractFile[], folders: [] as string[], problems: [] as ParsedContractFile[] };
  const seen = new Set<string>();

  async function visit(folder: string, depth: number): Promise<void> {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    found.folders.push(real);
    const entries = await readdir(real, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue;
      const isContract = /\.ya?ml$/i.test(entry.name);
      if (!isContract && !entry.isDirectory() && !entry.isSymbolicLink()) continue;
      const path = join(folder, entry.name);
      const name = relative(dir, path).split(sep).join('/');
      if (entry.isSymbolicLink() && !(await staysInside(path, root))) {
        if (isContract) found.problems.push(fileProblem(name, 'folder-unreadable', 'The file is a broken link or leads out of the contract folder, so it is not read. Copy the file instead.'));
        continue;
      }
      const status = await stat(path, { bigint: true }).catch(() => null);
      if (status === null) continue; // removed while we were looking: the next scan tells
      if (status.isDirectory()) {
        if (depth < DEEPEST) await visit(path, depth + 1);
        else found.problems.push(fileProblem(name, 'folder-unreadable', `The folder lies more than ${DEEPEST} levels deep and is not read.`));
      } else if (isContract && status.isFile()) {
        if (found.files.length < MOST_FILES) found.files.push({ name, path, size: Number(status.size), fingerprint: `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}` });
        else if (found.files.length === MOST_FILES) throw new Error(`there are more than ${MOST_FILES} contract files`);
      }
    }
  }

  await visit(dir, 0);
  const fingerprint = JSON.stringify([found.files.map((file) => [file.name, file.fingerprint]), found.problems.map(({ file }) => file)]);
  return { ...found, fingerprint };
}

/** Parses the files of a scan; a file that is as it was in an earlier one is taken from `known`, which is brought up to date. */
export async function readContractFiles(folder: ContractFolder, known: Map<string, { fingerprint: string; parsed: ParsedContractFile }>): Promise<ParsedContractFile[]> {
  const names = new Set(folder.files.map(({ name }) => name));
  for (const name of known.keys()) if (!names.has(name)) known.delete(name);
  const files: ParsedContractFile[] = [...folder.problems];
  for (const file of folder.files) {
    const before = known.get(file.name);
    const parsed = before?.fingerprint === file.fingerprint ? before.parsed : await readContractFile(file);
    known.set(file.name, { fingerprint: file.fingerprint, parsed });
    files.push(parsed);
  }
  return files;
}

async function readContractFile({ name, path, size }: ContractFile): Promise<ParsedContractFile> {
  if (size > MAX_FILE_BYTES) return fileProblem(name, 'file-unreadable', `The file has ${size} bytes; a contract file may have at most ${MAX_FILE_BYTES}. Split it.`);
  try {
    const handle = await open(path, 'r');
    try {
      // One byte more than allowed, so that a file that grows while it is read is noticed without being read whole.
      const buffer = Buffer.allocUnsafe(MAX_FILE_BYTES + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read) read = (await handle.read(buffer, length, buffer.length - length, null)).bytesRead;
      return parseContractFile(name, new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length)));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TypeError) return fileProblem(name, 'file-unreadable', 'The file is not UTF-8 text. Save it as UTF-8.');
    return fileProblem(name, 'file-unreadable', `The file cannot be read (${codeOf(error)}). Check that the user who runs the collectors may read it.`);
  }
}

/** The error code of a failed file operation, e.g. `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.message : String(error);
}

function fileProblem(file: string, rule: ContractRule, message: string): ParsedContractFile {
  return { file, documents: [], problems: [{ file, line: null, rule, message }] };
}

async function staysInside(link: string, root: string): Promise<boolean> {
  const target = await realpath(link).catch(() => null);
  return target !== null && (target === root || target.startsWith(root + sep));
}
