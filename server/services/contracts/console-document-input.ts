import { z } from 'zod';
import { slug } from '@/server/domain/contracts/scalars';

/** Longer than any contract file may be, so that its own sentence says so. */
const yaml = z.string().max(1_100_000, { error: 'is longer than a contract may be' });

export const validateDraftInput = z.strictObject({ yaml });
export const validateFileInput = z.strictObject({
  /** Its name, for messages. */
  file: z.string().min(1).max(1_000),
  yaml,
});
export const activateDraftInput = z.strictObject({
  yaml,
  /** The revision that the change was made from; null for a flow that is not in the product yet. */
  revision: z.int().min(1).nullable().default(null),
});
export const consoleDocumentInput = z.strictObject({ flowId: slug });
