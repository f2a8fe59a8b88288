import type { z } from 'zod';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { consoleDocumentInput } from './console-document-input';
import type { ConsoleDocumentDetail } from './console-document-view';
import { toDetails } from './list-console-documents';

/** One flow contract of the product with its text. @throws Refusal not-found */
export async function readConsoleDocument(context: ServiceContext, input: z.input<typeof consoleDocumentInput>): Promise<ConsoleDocumentDetail> {
  authorize(context, 'flows:read', `The contract "${input.flowId}"`);
  const { flowId } = consoleDocumentInput.parse(input);
  const rows = await context.db.query.consoleDocuments.findMany({ where: (row, { and, eq }) => and(eq(row.kind, 'Flow'), eq(row.documentId, flowId)) });
  const [document] = await toDetails(context, rows);
  if (!document) throw new Refusal('not-found', `The contract "${flowId}" was not found among those that were activated in the product.`);
  return document;
}
