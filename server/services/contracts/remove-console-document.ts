import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { problemsOfChange } from '@/server/domain/contracts/console-change';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { audited } from '../audit/audited';
import { documentForAudit } from './document-for-audit';
import { consoleDocumentInput } from './console-document-input';
import { lockConsole, readConsoleState } from './console-state';
import { loadActiveContracts } from './load-active-contracts';

/**
 * Takes a flow contract of the product out of force. Its versions and everything measured for the flow stay. Refused while
 * a process or another flow names it.
 *
 * @throws Refusal not-found, conflict with the names
 */
export async function removeConsoleDocument(context: ServiceContext, input: z.input<typeof consoleDocumentInput>): Promise<{ id: string }> {
  const { flowId } = consoleDocumentInput.parse(input);
  await audited(context, { action: 'contract.remove', subject: `contract:flow/${flowId}`, flowId }, async (tx, record) => {
    authorize(context, 'contracts:manage', `The contract "${flowId}"`);
    await lockConsole(tx);
    const before = await readConsoleState(tx);
    const after = { ...before, documents: before.documents.filter(({ kind, id }) => kind !== 'Flow' || id !== flowId) };
    if (after.documents.length === before.documents.length) throw new Refusal('not-found', `The contract "${flowId}" was not found among those that were activated in the product.`);
    const { documents } = await loadActiveContracts(tx);
    const problems = problemsOfChange(documents, before, after);
    if (problems.length > 0) {
      throw new Refusal('conflict', `The flow "${flowId}" is named by ${[...new Set(problems.map(({ file }) => file))].join(', ')}. Change these contracts first, or give the flow the lifecycle retired.`, {
        issues: problems.map(({ file, line, rule, message }) => ({ field: null, file, line, rule, message })),
      });
    }
    const [removed] = await tx.delete(schema.consoleDocuments).where(and(eq(schema.consoleDocuments.kind, 'Flow'), eq(schema.consoleDocuments.documentId, flowId))).returning();
    record({ before: removed ? documentForAudit(removed) : null });
  });
  return { id: flowId };
}
