/** From the contract folder to what is in force: scans, parses what changed, and resolves it against what was in force. */
import { contractSetOf, type ContractDocument } from '@/server/domain/contracts/contract-set';
import type { ParsedContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts, type ResolvedContracts } from '@/server/domain/contracts/resolve-contracts';
import { codeOf, readContractFiles, scanContractFolder, type ContractFolder } from './read-contract-folder';

export interface ContractLoader {
  /** Looks at the folder; null when nothing changed since the last look. */
  load(): Promise<(ResolvedContracts & { folders: readonly string[] }) | null>;
  /** Takes stored versions as the last good ones of documents that the folder does not give; answers what is then in force. */
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

  const resolve = (): ResolvedContracts => {
    const resolved = files ? resolveContracts(files, inForce) : withoutFolder(dir, unavailable, inForce);
    inForce = resolved.documents;
    return resolved;
  };

  return {
    async load() {
      const folder = await settledScan(dir, fingerprint).catch((error: unknown) => ({ failure: codeOf(error) }));
      if ('failure' in folder) {
        if (unavailable === folder.failure) return null;
        unavailable = folder.failure;
        fingerprint = null;
        files = null;
        known.clear();
        return { ...resolve(), folders: [] };
      }
      if (folder.fingerprint === fingerprint) return null;
      unavailable = null;
      files = await readContractFiles(folder, known);
      fingerprint = folder.fingerprint;
      return { ...resolve(), folders: folder.folders };
    },
    adopt(previous) {
      const keys = new Set(inForce.map(({ kind, id }) => `${kind} ${id}`));
      inForce = [...inForce, ...previous.filter(({ kind, id }) => !keys.has(`${kind} ${id}`))];
      return resolve();
    },
  };
}

/** A folder that is gone takes no contract with it: a mount that failed must not stop every flow's mapping. */
function withoutFolder(dir: string, failure: string | null, inForce: readonly ContractDocument[]): ResolvedContracts {
  const isProblem = failure !== null && (failure !== 'ENOENT' || inForce.length > 0);
  const message = `The contract folder cannot be read (${failure ?? ''}); the contracts that were in force stay. Check CONTRACTS_DIR.`;
  return {
    documents: [...inForce],
    set: contractSetOf(inForce.map(({ body }) => body)),
    problems: isProblem ? [{ file: dir, line: null, rule: 'folder-unreadable', message }] : [],
  };
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
