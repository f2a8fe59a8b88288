import { consoleFlowFile } from '@/server/domain/contracts/console-names';
import { parseConsoleFlow } from '@/server/domain/contracts/console-files';
import type { ContractProblem } from '@/server/domain/contracts/rules';
import type { schema } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';
import type { ConsoleDocumentDetail, ConsoleDocumentView } from './console-document-view';

type Row = typeof schema.consoleDocuments.$inferSelect;

/** The flow contracts that were activated in the product, by id. */
export async function listConsoleDocuments(context: ServiceContext): Promise<ConsoleDocumentView[]> {
  authorize(context, 'flows:read', 'The contracts of the product');
  const rows = await context.db.query.consoleDocuments.findMany({ where: (row, { eq }) => eq(row.kind, 'Flow'), orderBy: (row, { asc }) => [asc(row.documentId)] });
  return (await toDetails(context, rows)).map(({ yaml: _, ...view }) => view);
}

/** Documents with what has become of them in the collectors. */
export async function toDetails({ db }: Pick<ServiceContext, 'db'>, rows: readonly Row[]): Promise<ConsoleDocumentDetail[]> {
  const [active, problems] = await Promise.all([
    db.query.activeContracts.findMany({ where: (row, { and, eq }) => and(eq(row.kind, 'Flow'), eq(row.active, true)) }),
    db.query.contractProblems.findMany({ orderBy: (row, { asc }) => [asc(row.line)] }),
  ]);
  const versionIds = active.map(({ versionId }) => versionId);
  const versions = versionIds.length === 0 ? [] : await db.query.contractVersions.findMany({
    columns: { file: true, sha256: true }, where: (row, { inArray }) => inArray(row.id, versionIds),
  });
  return rows.map((row): ConsoleDocumentDetail => {
    const file = consoleFlowFile(row.documentId);
    const document = parseConsoleFlow(row.yaml, row.documentId).documents[0];
    const flow = document?.body.kind === 'Flow' ? document.body.metadata : null;
    const isInForce = versions.some((version) => version.file === file && version.sha256 === document?.sha256);
    const own = problems.filter((problem) => problem.file === file).map(({ line, rule, message }): ContractProblem => ({ file, line, rule: rule as ContractProblem['rule'], message }));
    return {
      kind: 'Flow', id: row.documentId, name: flow?.name ?? row.documentId, version: flow?.version ?? '0.0.0', lifecycle: flow?.lifecycle ?? 'draft', file,
      revision: row.revision, updatedBy: row.updatedBy, updatedAt: row.updatedAt.toISOString(), yaml: row.yaml,
      state: isInForce ? 'in-force' : own.length > 0 ? 'refused' : 'loading', problems: own,
    };
  });
}
