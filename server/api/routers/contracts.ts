import { procedureFor, router } from '@/server/api/trpc';
import { activateDraft } from '@/server/services/contracts/activate-draft';
import { activateDraftInput, consoleDocumentInput, validateDraftInput } from '@/server/services/contracts/console-document-input';
import { listConsoleDocuments } from '@/server/services/contracts/list-console-documents';
import { readConsoleDocument } from '@/server/services/contracts/read-console-document';
import { removeConsoleDocument } from '@/server/services/contracts/remove-console-document';
import { validateDraft } from '@/server/services/contracts/validate-draft';

/** Flow contracts of the product; those of the contract folder are changed in their files. */
export const contractsRouter = router({
  documents: router({
    list: procedureFor('flows:read').query(({ ctx }) => listConsoleDocuments(ctx)),
    byId: procedureFor('flows:read').input(consoleDocumentInput).query(({ ctx, input }) => readConsoleDocument(ctx, input)),
  }),
  /** A mutation, because a draft is too long for an address; it changes nothing. */
  validate: procedureFor('contracts:manage').input(validateDraftInput).mutation(({ ctx, input }) => validateDraft(ctx, input)),
  activate: procedureFor('contracts:manage').input(activateDraftInput).mutation(({ ctx, input }) => activateDraft(ctx, input)),
  remove: procedureFor('contracts:manage').input(consoleDocumentInput).mutation(({ ctx, input }) => removeConsoleDocument(ctx, input)),
});
