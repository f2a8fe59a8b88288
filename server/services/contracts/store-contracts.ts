/** Brings the contracts that were loaded from files into force for everybody, with what was wrong about the files. */
import type { ContractDocument } from '@/server/domain/contracts/contract-set';
import type { ContractProblem } from '@/server/domain/contracts/rules';
import { uuidv7 } from '@/server/domain/ids';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit, type AuditEntry } from '../audit/record-audit';

/** Two collectors that load at once must store one after the other. Any constant of our own will do. */
const CONTRACTS_LOCK = 7_160_523;

/** Collectors load what lies in the folder; who put it there, the folder's own history tells. */
const LOADER = { kind: 'system', name: 'contract-loader' } as const;

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

export interface LoadedContracts {
  /** Every document in force; a stored document that is not among them is deactivated. */
  documents: readonly ContractDocument[];
  problems: readonly ContractProblem[];
}

/**
 * Stores versions, what is in force, and problems in one transaction. Storing the same again changes nothing. What comes into
 * force or goes out of it is audited: a changed file in the contract folder has no other witness.
 *
 * @param now when the contracts were loaded
 */
export async function storeContracts(db: Database, { documents, problems }: LoadedContracts, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(`select pg_advisory_xact_lock(${CONTRACTS_LOCK})`);
    const changes = await storeDocuments(tx, documents, now);
    await storeProblems(tx, problems, now);
    for (const change of changes) await recordAudit(tx, { actor: LOADER, now: () => now }, change);
  });
}

async function storeDocuments(tx: Transaction, documents: readonly ContractDocument[], now: Date): Promise<AuditEntry[]> {
  const stored = await tx.query.activeContracts.findMany();
  const versionIds = stored.map(({ versionId }) => versionId);
  const versions = versionIds.length === 0 ? [] : await tx.query.contractVersions.findMany({
    columns: { id: true, kind: true, documentId: true, sha256: true, file: true, version: true },
    where: (row, { inArray }) => inArray(row.id, versionIds),
  });
  const versionById = new Map(versions.map((version) => [version.id, version]));
  const changes: AuditEntry[] = [];
  const remaining = new Map(stored.map((row) => [keyOf(row.kind, row.documentId), row]));

  for (const document of documents) {
    const key = keyOf(document.kind, document.id);
    const current = remaining.get(key);
    remaining.delete(key);
    const version = current && versionById.get(current.versionId);
    if (current?.active && version?.sha256 === document.sha256 && version.file === document.file) continue;
    const versionId = await storeVersion(tx, document, now);
    if (!current?.active || current.versionId !== versionId) {
      await setActive(tx, document.kind, document.id, versionId, true, now);
      changes.push({ ...changeOf('contract.in-force', document.kind, document.id), before: current?.active && version ? versionForAudit(version) : null, after: versionForAudit(document) });
    }
  }
  for (const { kind, documentId, versionId, active } of remaining.values()) {
    if (!active) continue;
    await setActive(tx, kind, documentId, versionId, false, now);
    const version = versionById.get(versionId);
    changes.push({ ...changeOf('contract.out-of-force', kind, documentId), before: version ? versionForAudit(version) : null });
  }
  return changes;
}

function changeOf(action: string, kind: string, id: string): AuditEntry {
  return { action, subject: `contract:${kind.toLowerCase()}/${id}`, flowId: kind === 'Flow' ? id : null };
}

function versionForAudit({ version, sha256, file }: Pick<ContractDocument, 'version' | 'sha256' | 'file'>) {
  return { version, sha256, file };
}

/** The version with this content, new or known; a known one may have moved to another file. */
async function storeVersion(tx: Transaction, { kind, id, version, sha256, file, yaml, body }: ContractDocument, now: Date): Promise<string> {
  const [row] = await tx.insert(schema.contractVersions)
    .values({ id: uuidv7(now.getTime()), kind, documentId: id, version, sha256, file, yaml, document: body, loadedAt: now })
    .onConflictDoUpdate({
      target: [schema.contractVersions.kind, schema.contractVersions.documentId, schema.contractVersions.sha256],
      set: { file, document: body, version },
    })
    .returning({ id: schema.contractVersions.id });
  if (!row) throw new Error(`The version of ${kind} ${id} was not stored`);
  return row.id;
}

async function setActive(tx: Transaction, kind: string, documentId: string, versionId: string, active: boolean, now: Date): Promise<void> {
  await tx.insert(schema.activeContracts).values({ kind, documentId, versionId, active, activatedAt: now })
    .onConflictDoUpdate({ target: [schema.activeContracts.kind, schema.activeContracts.documentId], set: active ? { versionId, active, activatedAt: now } : { active } });
}

/** Replaces the problems; one that persists keeps the time when it was found. */
async function storeProblems(tx: Transaction, problems: readonly ContractProblem[], now: Date): Promise<void> {
  const textOf = ({ file, line, rule, message }: ContractProblem) => JSON.stringify([file, line, rule, message]);
  const stored = await tx.query.contractProblems.findMany();
  const foundAt = new Map(stored.map((row) => [textOf({ ...row, rule: row.rule as ContractProblem['rule'] }), row.foundAt]));
  if (stored.length === problems.length && problems.every((problem) => foundAt.has(textOf(problem)))) return;
  await tx.delete(schema.contractProblems);
  if (problems.length === 0) return;
  await tx.insert(schema.contractProblems).values(problems.map((problem) => ({
    id: uuidv7(now.getTime()), file: problem.file, line: problem.line, rule: problem.rule, message: problem.message, foundAt: foundAt.get(textOf(problem)) ?? now,
  })));
}

const keyOf = (kind: string, id: string) => `${kind} ${id}`;
