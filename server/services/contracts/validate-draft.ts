import type { z } from 'zod';
import { authorize, type ServiceContext } from '../service-context';
import { checkDraft, describeFlow } from './check-draft';
import { validateDraftInput } from './console-document-input';
import type { CheckedDraft } from './console-document-view';
import { rememberedContracts } from './remembered-contracts';

/** Says what is wrong with a draft of a flow contract, by line and rule; stores nothing. */
export async function validateDraft(context: ServiceContext, input: z.input<typeof validateDraftInput>): Promise<CheckedDraft> {
  authorize(context, 'contracts:manage', 'The check of contracts');
  const { yaml } = validateDraftInput.parse(input);
  const { flow, problems } = await checkDraft(context.db, yaml, () => rememberedContracts(context.db));
  const stored = flow && await context.db.query.consoleDocuments.findFirst({
    columns: { revision: true }, where: (row, { and, eq }) => and(eq(row.kind, 'Flow'), eq(row.documentId, flow.metadata.id)),
  });
  return { flow: flow && describeFlow(flow), problems, replaces: stored?.revision ?? null };
}
