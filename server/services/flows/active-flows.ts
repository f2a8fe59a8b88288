import { flowSchema, type FlowContract } from '@/server/domain/contracts/flow-schema';
import { processSchema } from '@/server/domain/contracts/process-schema';
import type { Database } from '@/server/store/postgres';

/** A flow whose contract is in force, with where that contract came from and the processes it serves. */
export interface ActiveFlow {
  contract: FlowContract;
  sha256: string;
  file: string;
  loadedAt: Date;
  processes: { id: string; name: string }[];
}

interface StoredVersion {
  kind: string;
  file: string;
  sha256: string;
  document: unknown;
  loadedAt: Date;
}

/** Documents never change under their version id, so parsing each once per process is enough. */
const parsed = new Map<string, { flow?: FlowContract; process?: ReturnType<typeof processSchema.parse> }>();
const MAX_PARSED = 5_000;

/** The flows whose contracts are in force (retired ones are not), ordered by id. */
export async function loadActiveFlows(db: Database): Promise<ActiveFlow[]> {
  const active = await db.query.activeContracts.findMany({ where: (row, { eq }) => eq(row.active, true) });
  const ids = active.map((row) => row.versionId);
  if (ids.length === 0) return [];
  const missing = ids.filter((id) => !parsed.has(id));
  if (parsed.size > MAX_PARSED) parsed.clear();
  const versions = await db.query.contractVersions.findMany({
    columns: { id: true, kind: true, file: true, sha256: true, loadedAt: true },
    where: (row, { inArray }) => inArray(row.id, ids),
  });
  if (missing.length > 0) {
    const documents = await db.query.contractVersions.findMany({
      columns: { id: true, kind: true, document: true }, where: (row, { inArray }) => inArray(row.id, missing),
    });
    for (const row of documents) parsed.set(row.id, parse(row));
  }
  const processes = versions.flatMap((row) => parsed.get(row.id)?.process ?? []);
  return versions
    .flatMap((row) => {
      const contract = parsed.get(row.id)?.flow;
      if (!contract || contract.metadata.lifecycle === 'retired') return [];
      return [{ contract, sha256: row.sha256, file: row.file, loadedAt: row.loadedAt, processes: processes.filter((p) => serves(contract, p)).map((p) => ({ id: p.metadata.id, name: p.metadata.name })) }];
    })
    .sort((a, b) => a.contract.metadata.id.localeCompare(b.contract.metadata.id));
}

function parse(row: Pick<StoredVersion, 'kind' | 'document'>): { flow?: FlowContract; process?: ReturnType<typeof processSchema.parse> } {
  if (row.kind === 'Flow') return { flow: flowSchema.parse(row.document) };
  if (row.kind === 'Process') return { process: processSchema.parse(row.document) };
  return {};
}

function serves(flow: FlowContract, process: ReturnType<typeof processSchema.parse>): boolean {
  const steps = [...process.spec.steps, ...process.spec.variants.flatMap((variant) => variant.steps)];
  return steps.some((step) => step.evidence.some((evidence) => 'flow' in evidence && evidence.flow === flow.metadata.id));
}
