/** The contracts in force, as stored: what the web and the evaluators work with. */
import { readContractBody } from '@/server/domain/contracts/contract-schemas';
import { CONTRACT_KINDS, contractSetOf, type ContractDocument, type ContractSet } from '@/server/domain/contracts/contract-set';
import type { Database } from '@/server/store/postgres';

export interface StoredContract extends ContractDocument {
  loadedAt: Date;
}

export interface ActiveContracts {
  /** Changes whenever another version of any document comes into force, or one moves to another file. */
  stamp: string;
  set: ContractSet;
  documents: readonly StoredContract[];
  /** Stored documents that this version of Signalbox cannot read; they are not in force until their file is loaded again. */
  unreadable: readonly { kind: string; id: string; file: string }[];
}

/**
 * Reads the contracts in force. With `known`, two small queries find out whether anything changed; if not, `known`
 * itself is returned.
 */
export async function loadActiveContracts(db: Pick<Database, 'query'>, known?: ActiveContracts): Promise<ActiveContracts> {
  const active = await db.query.activeContracts.findMany({
    columns: { versionId: true },
    where: (row, { eq }) => eq(row.active, true),
    orderBy: (row, { asc }) => [asc(row.kind), asc(row.documentId)],
  });
  const ids = active.map(({ versionId }) => versionId);
  // A version keeps its id when its document moves to another file.
  const files = ids.length === 0 ? [] : await db.query.contractVersions.findMany({
    columns: { id: true, file: true }, where: (row, { inArray }) => inArray(row.id, ids), orderBy: (row, { asc }) => [asc(row.id)],
  });
  const stamp = JSON.stringify(files.map(({ id, file }) => [id, file]));
  if (known?.stamp === stamp) return known;
  const rows = ids.length === 0 ? [] : await db.query.contractVersions.findMany({
    where: (row, { inArray }) => inArray(row.id, ids),
    orderBy: (row, { asc }) => [asc(row.kind), asc(row.documentId)],
  });
  const documents: StoredContract[] = [];
  const unreadable: { kind: string; id: string; file: string }[] = [];
  for (const { kind: storedKind, documentId: id, version, file, yaml, sha256, document, loadedAt } of rows) {
    const kind = CONTRACT_KINDS.find((candidate) => candidate === storedKind);
    const body = kind && readContractBody(kind, document);
    if (kind && body) documents.push({ kind, id, version, file, yaml, sha256, body, loadedAt });
    else unreadable.push({ kind: storedKind, id, file });
  }
  return { stamp, set: contractSetOf(documents.map(({ body }) => body)), documents, unreadable };
}
