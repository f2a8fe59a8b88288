/**
 * From the contract folder, and from what was added in the product, to what is in force: scans, parses what changed, and
 * resolves it against what was in force.
 */
import { filesOf } from '@/server/domain/contracts/console-change';
import { consoleContractFiles } from '@/server/domain/contracts/console-files';
import { isConsoleFile } from '@/server/domain/contracts/console-names';
import type { ContractDocument } from '@/server/domain/contracts/contract-set';
import type { ParsedContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts, type ResolvedContracts } from '@/server/domain/contracts/resolve-contracts';
import type { ContractProblem } from '@/server/domain/contracts/rules';
import { codeOf, readContractFiles, scanContractFolder, type ContractFolder } from './read-contract-folder';
import type { KnownConsole } from './watch-console';

export interface ContractLoader {
  /**
   * Looks at the folder; null when neither it nor the product changed since the last look.
   *
   * @param known sources and contracts of the product; null while they cannot be known, and those in force stay
   */
  load(known: KnownConsole | null): Promise<(ResolvedContracts & { folders: readonly string[] }) | null>;
  /** Takes stored versions as the last good ones of documents that are not given now; answers what is then in force. */
  adopt(stored: readonly ContractDocument[]): ResolvedContracts;
}

/** How long a folder must stay as it is before it is read: editors and deployments write in several steps. */
const SETTLE_MS = 150;
const SETTLE_AT_MOST_MS = 3_000;

/** @param stored the documents in force as far as the database could be asked */
export function createContractLoader(dir: string, stored: readonly ContractDocument[]): ContractLoader {
  const known = new Map<string, { fingerprint: string; parsed: ParsedContractFile }>();
  let inForce = stored;
  let files: readonly ParsedContractFile[] | null = null;
  let unavailable: string | null = null;
  let fingerprint: string | null = null;
  let ofProduct: KnownConsole | null = null;

  const resolve = (): ResolvedContracts => {
    const folder = inForce.filter(({ file }) => !isConsoleFile(file));
    const product = inForce.filter(({ file }) => isConsoleFile(file));
    const resolved = resolveContracts([...(files ?? filesOf(folder)), ...(ofProduct ? consoleContractFiles(ofProduct.state) : filesOf(product))], inForce);
    inForce = resolved.documents;
    return files ? resolved : { ...resolved, problems: [...folderProblems(dir, unavailable, folder), ...resolved.problems] };
  };

  /** Whether anything but the same failure or the same files was found, and the folders to watch. */
  async function lookAtFolder(): Promise<{ isChanged: boolean; folders: readonly string[] }> {
    const folder = await settledScan(dir, fingerprint).catch((error: unknown) => ({ failure: codeOf(error) }));
    if ('failure' in folder) {
      const isChanged = unavailable !== folder.failure;
      unavailable = folder.failure;
      fingerprint = null;
      files = null;
      known.clear();
      return { isChanged, folders: [] };
    }
    const isChanged = folder.fingerprint !== fingerprint;
    unavailable = null;
    if (isChanged) files = await readContractFiles(folder, known);
    fingerprint = folder.fingerprint;
    return { isChanged, folders: folder.folders };
  }

  return {
    async load(current) {
      const { isChanged, folders } = await lookAtFolder();
      if (!isChanged && current?.stamp === ofProduct?.stamp) return null;
      ofProduct = current;
      return { ...resolve(), folders };
    },
    adopt(previous) {
      const keys = new Set(inForce.map(({ kind, id }) => `${kind} ${id}`));
      inForce = [...inForce, ...previous.filter(({ kind, id }) => !keys.has(`${kind} ${id}`))];
      return resolve();
    },
  };
}

/** A folder that is gone takes no contract with it: a mount that failed must not stop every flow's mapping. */
function folderProblems(dir: string, failure: string | null, inForce: readonly ContractDocument[]): ContractProblem[] {
  if (failure === null || (failure === 'ENOENT' && inForce.length === 0)) return [];
  return [{ file: dir, line: null, rule: 'folder-unreadable', message: `The contract folder cannot be read (${failure}); the contracts that were in force stay. Check CONTRACTS_DIR.` }];
}

async function settledScan(dir: string, before: string | null): Promise<ContractFolder> {
  let folder = await scanContractFolder(dir);
  // At start there is nobody to wait for: what is there is read at once.
  if (before === null || folder.fingerprint === before) return folder;
  for (let waited = 0; waited < SETTLE_AT_MOST_MS; waited += SETTLE_MS) {
    await new Promise<void>((done) => setTimeout(done, SETTLE_MS));
    const again = await scanContractFolder(dir);
    if (again.fingerprint === folder.fingerprint) return again;
    folder = again;
  }
  return folder;
}
