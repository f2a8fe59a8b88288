import { z } from 'zod';
import { CONTRACT_RULES, type ContractRule } from '@/server/domain/contracts/rules';
import type { CheckedDraft, ConsoleDocumentDetail, ConsoleDocumentView } from '@/server/services/contracts/console-document-view';

const problems = z.array(z.object({ file: z.string(), line: z.number().nullable(), rule: z.enum(Object.keys(CONTRACT_RULES) as [ContractRule, ...ContractRule[]]), message: z.string() }));

const view = {
  kind: z.literal('Flow'), id: z.string(), name: z.string(), version: z.string(), lifecycle: z.string(), file: z.string(), revision: z.number(), updatedBy: z.string(), updatedAt: z.string(),
  state: z.enum(['in-force', 'loading', 'refused']), problems,
};
const consoleDocumentSchema = z.object(view) satisfies z.ZodType<ConsoleDocumentView>;
export const consoleDocumentDetailSchema = z.object({ ...view, yaml: z.string() }).describe('A flow contract that was activated in the product') satisfies z.ZodType<ConsoleDocumentDetail>;
export const consoleDocumentPageSchema = z.object({ items: z.array(consoleDocumentSchema), nextCursor: z.string().nullable() });

export const checkedDraftSchema = z.object({
  flow: z.object({ id: z.string(), name: z.string(), version: z.string(), lifecycle: z.string(), hops: z.array(z.object({ id: z.string(), name: z.string(), channelId: z.string() })) }).nullable(),
  problems: problems.describe('Empty: it can be activated'),
  replaces: z.number().nullable().describe('Revision of the contract of the product that it would replace'),
}) satisfies z.ZodType<CheckedDraft>;
