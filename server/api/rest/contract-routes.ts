import { activateDraft } from '@/server/services/contracts/activate-draft';
import { activateDraftInput, validateDraftInput } from '@/server/services/contracts/console-document-input';
import { listConsoleDocuments } from '@/server/services/contracts/list-console-documents';
import { readConsoleDocument } from '@/server/services/contracts/read-console-document';
import { removeConsoleDocument } from '@/server/services/contracts/remove-console-document';
import { validateDraft } from '@/server/services/contracts/validate-draft';
import { checkedDraftSchema, consoleDocumentDetailSchema, consoleDocumentPageSchema } from '../schemas/contracts';
import { slug } from '../schemas/primitives';
import { removedSchema } from '../schemas/sources';
import { pageOf } from './page-of';
import { pageQuery } from './page-query';
import { route, writeRoute, type Route } from './route';

const document = { name: 'ConsoleContract', schema: consoleDocumentDetailSchema };

/** Flow contracts that stand in the product instead of the contract folder. */
export const CONTRACT_ROUTES: readonly Route[] = [
  route('flows:read', {
    method: 'GET', path: '/contracts/console', operationId: 'listConsoleContracts', summary: 'Flow contracts that were activated in the product, by id',
    params: {}, query: pageQuery, answer: { name: 'ConsoleContractPage', schema: consoleDocumentPageSchema },
    run: async (context, input) => pageOf(await listConsoleDocuments(context), input),
  }),
  writeRoute('contracts:manage', {
    method: 'POST', path: '/contracts/console', operationId: 'activateContract', summary: 'Brings a flow contract into force, or the next version of one; refused with every problem by line and rule',
    params: {}, body: { name: 'ContractActivation', schema: activateDraftInput }, answer: document,
    run: (context, _, body) => activateDraft(context, body),
  }),
  route('flows:read', {
    method: 'GET', path: '/contracts/console/{flowId}', operationId: 'readConsoleContract', summary: 'One of them with its text',
    params: { flowId: slug }, query: {}, answer: document,
    run: (context, input) => readConsoleDocument(context, input),
  }),
  route('contracts:manage', {
    method: 'DELETE', path: '/contracts/console/{flowId}', operationId: 'removeConsoleContract', summary: 'Takes one out of force; refused while other contracts name it',
    params: { flowId: slug }, query: {}, answer: { name: 'Removed', schema: removedSchema },
    run: (context, input) => removeConsoleDocument(context, input),
  }),
  writeRoute('contracts:manage', {
    method: 'POST', path: '/contracts/validate', operationId: 'validateContract', summary: 'Says what is wrong with a draft of a flow contract; stores nothing',
    params: {}, body: { name: 'ContractDraft', schema: validateDraftInput }, answer: { name: 'CheckedContract', schema: checkedDraftSchema },
    run: (context, _, body) => validateDraft(context, body),
  }),
];
