import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { parseConsoleFlow } from '@/server/domain/contracts/console-files';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { audited } from '../audit/audited';
import { checkDraft } from './check-draft';
import { documentForAudit } from './document-for-audit';
import { activateDraftInput } from './console-document-input';
import type { ConsoleDocumentDetail } from './console-document-view';
import { lockConsole } from './console-state';
import { loadActiveContracts } from './load-active-contracts';
import { readConsoleDocument } from './read-console-document';

/**
 * Brings a flow contract into force without a file, or another version of one; collectors load it within seconds. A flow
 * of lifecycle `draft` matches telemetry as a draft.
 *
 * @throws Refusal invalid with every problem by line and rule, and nothing is stored; conflict when the document was
 * changed meanwhile
 */
export async function activateDraft(context: ServiceContext, input: z.input<typeof activateDraftInput>): Promise<ConsoleDocumentDetail> {
  const { yaml, revision } = activateDraftInput.parse(input);
  const named = parseConsoleFlow(yaml).documents[0]?.id ?? null;
  const flowId = await audited(context, { action: 'contract.activate', subject: `contract:flow/${named ?? 'unreadable'}`, flowId: named }, async (tx, record) => {
    authorize(context, 'contracts:manage', 'The contracts of the product');
    await lockConsole(tx);
    const { flow, problems } = await checkDraft(tx, yaml, () => loadActiveContracts(tx));
    if (!flow || problems.length > 0) {
      const [first, ...others] = problems;
      throw new Refusal('invalid', `The contract cannot be activated. ${first ? `Line ${first.line ?? 1}: ${first.message}` : ''}${others.length > 0 ? ` There ${others.length === 1 ? 'is one more problem' : `are ${others.length} more problems`}.` : ''}`, {
        issues: problems.map(({ file, line, rule, message }) => ({ field: null, file, line, rule, message })),
      });
    }
    const { consoleDocuments } = schema;
    const { id } = flow.metadata;
    const replaced = await tx.query.consoleDocuments.findFirst({ where: (row, { and: all, eq: is }) => all(is(row.kind, 'Flow'), is(row.documentId, id)) });
    record({ before: replaced ? documentForAudit(replaced) : null, after: documentForAudit({ yaml, revision: (revision ?? 0) + 1 }) });
    const author = { yaml, updatedBy: actorLabel(context.actor), updatedAt: context.now() };
    const written = revision === null
      ? await tx.insert(consoleDocuments).values({ kind: 'Flow', documentId: id, ...author }).onConflictDoNothing().returning({ id: consoleDocuments.documentId })
      : await tx.update(consoleDocuments).set({ ...author, revision: revision + 1 })
        .where(and(eq(consoleDocuments.kind, 'Flow'), eq(consoleDocuments.documentId, id), eq(consoleDocuments.revision, revision))).returning({ id: consoleDocuments.documentId });
    if (written.length === 0) throw await conflict(tx, id);
    return id;
  });
  return readConsoleDocument(context, { flowId });
}

async function conflict(db: Pick<ServiceContext['db'], 'query'>, id: string): Promise<Refusal> {
  const stored = await db.query.consoleDocuments.findFirst({ where: (row, { and: all, eq: is }) => all(is(row.kind, 'Flow'), is(row.documentId, id)) });
  return new Refusal('conflict', stored
    ? `${stored.updatedBy} activated "${id}" at ${stored.updatedAt.toISOString()} as revision ${stored.revision}. Look at it, then make your change on top of it.`
    : `The flow "${id}" was removed meanwhile. Activate it as a new one if you want it back.`);
}
