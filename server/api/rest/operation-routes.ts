import { z } from 'zod';
import { RECEIVED_STANDINGS } from '@/server/domain/operations/received-decision';
import { operationRequest } from '@/server/domain/operations/request';
import { confirmInEmergency, confirmInput, confirmOperation } from '@/server/services/operations/confirm-operation';
import { extendHold, extendInput, takeOverHold, takeOverInput } from '@/server/services/operations/keep-hold';
import { readLeverFrame } from '@/server/services/operations/lever-frame';
import { leverSwitchInput, readLeverSwitch, setLeverSwitch } from '@/server/services/operations/lever-switch';
import { listHolds } from '@/server/services/operations/list-holds';
import { listItems, listItemsInput } from '@/server/services/operations/list-items';
import { listOperations } from '@/server/services/operations/list-operations';
import { approveInput, approveOperation, rejectInput, rejectOperation } from '@/server/services/operations/approve-operation';
import { editValuesSchema, readEdit } from '@/server/services/operations/read-edit';
import { readOperation } from '@/server/services/operations/read-operation';
import { decideReceived, decideReceivedInput } from '@/server/services/operations/received/decide-received';
import { listReceived } from '@/server/services/operations/received/list-received';
import { requestOperation } from '@/server/services/operations/request-operation';
import { reviewInput, reviewOperation, stopInput, stopOperation } from '@/server/services/operations/stop-operation';
import { withVault } from '../installation-box';
import { holdListSchema, holdSchema, leverFrameSchema, leverSwitchSchema, operationItemPageSchema, operationPageSchema, operationSchema, receivedDecidedSchema, receivedPageSchema } from '../schemas/operations';
import { slug } from '../schemas/primitives';
import { route, writeRoute, type Route } from './route';

const operation = { name: 'Operation', schema: operationSchema };
const hold = { name: 'Hold', schema: holdSchema };
const params = { operationId: z.uuid() };
const holdParams = { holdId: z.uuid() };
const page = { limit: z.coerce.number().int().min(1).max(500).default(50), cursor: z.string().max(200).optional().describe('nextCursor of the page before') };
const flow = { flowId: slug.optional() };

/**
 * Operations: asked for and planned (`POST /operations` changes nothing at a source), then confirmed by the hash of the plan.
 * POST only, desired state, and the same request twice is the same operation.
 */
export const OPERATION_ROUTES: readonly Route[] = [
  route('flows:read', {
    method: 'GET', path: '/flows/{flowId}/levers', operationId: 'readLevers', summary: 'The levers of a hop, each available or with what locks it',
    params: { flowId: slug }, query: { hopId: slug.optional() }, answer: { name: 'LeverFrame', schema: leverFrameSchema },
    run: (context, input) => readLeverFrame(context, input),
  }),
  route('operations:read', {
    method: 'GET', path: '/operations', operationId: 'listOperations', summary: 'Operations, newest first',
    params: {}, query: { ...flow, state: z.enum(['open', 'plans', 'all']).default('all'), ...page }, answer: { name: 'OperationPage', schema: operationPageSchema },
    run: (context, input) => listOperations(context, input),
  }),
  writeRoute('operations:plan', {
    method: 'POST', path: '/operations', operationId: 'requestOperation', summary: 'Has a collector compute and freeze the plan of an operation; nothing is changed by it', status: 202,
    params: {}, body: { name: 'OperationRequest', schema: operationRequest }, answer: operation,
    run: (context, _, body) => requestOperation(withVault(context), body),
  }),
  route('operations:read', {
    method: 'GET', path: '/operations/{operationId}', operationId: 'readOperation', summary: 'One operation with plan, progress and timeline',
    params, query: {}, answer: operation,
    run: (context, { operationId }) => readOperation(context, { id: operationId }),
  }),
  route('messages:read', {
    method: 'GET', path: '/operations/{operationId}/items', operationId: 'listOperationItems', summary: 'What becomes of each message of an operation, in the order of acting',
    params, query: { state: listItemsInput.shape.state, ...page }, answer: { name: 'OperationItemPage', schema: operationItemPageSchema },
    run: (context, { operationId, ...input }) => listItems(context, { id: operationId, ...input }),
  }),
  route('operations:read', {
    method: 'POST', path: '/operations/{operationId}/edit', operationId: 'readOperationEdit', summary: 'The values that it writes into its message, for who asked and who decides; each look is audited',
    params, query: {}, answer: { name: 'OperationEdit', schema: editValuesSchema },
    run: (context, { operationId }) => readEdit(withVault(context), { id: operationId }),
  }),
  writeRoute('operations:run', {
    method: 'POST', path: '/operations/{operationId}/confirm', operationId: 'confirmOperation', summary: 'Sets the plan with this hash going, or asks for the second person whom it demands; for two people where a token confirms',
    params, body: { name: 'Confirmation', schema: confirmInput.omit({ id: true }) }, answer: operation,
    run: (context, { operationId }, body) => confirmOperation(context, { id: operationId, ...body }),
  }),
  writeRoute('operations:emergency', {
    method: 'POST', path: '/operations/{operationId}/emergency', operationId: 'confirmOperationInEmergency', summary: 'Sets it going without the second person; a review stays open until somebody else signs it; only as a signed-in person, never with a token',
    params, body: { name: 'Confirmation', schema: confirmInput.omit({ id: true }) }, answer: operation,
    run: (context, { operationId }, body) => confirmInEmergency(context, { id: operationId, ...body }),
  }),
  writeRoute('operations:approve', {
    method: 'POST', path: '/operations/{operationId}/approve', operationId: 'approveOperation', summary: 'The second person agrees to the plan with this hash; only as a signed-in person, never with a token',
    params, body: { name: 'Approval', schema: approveInput.omit({ id: true }) }, answer: operation,
    run: (context, { operationId }, body) => approveOperation(context, { id: operationId, ...body }),
  }),
  writeRoute('operations:approve', {
    method: 'POST', path: '/operations/{operationId}/reject', operationId: 'rejectOperation', summary: 'The second person does not agree; the operation ends',
    params, body: { name: 'Rejection', schema: rejectInput.omit({ id: true }) }, answer: operation,
    run: (context, { operationId }, body) => rejectOperation(context, { id: operationId, ...body }),
  }),
  writeRoute('operations:approve', {
    method: 'POST', path: '/operations/{operationId}/review', operationId: 'reviewOperation', summary: 'Signs the review of an operation that was begun in an emergency',
    params, body: { name: 'Review', schema: reviewInput.omit({ id: true }) }, answer: operation,
    run: (context, { operationId }, body) => reviewOperation(context, { id: operationId, ...body }),
  }),
  writeRoute('operations:run', {
    method: 'POST', path: '/operations/{operationId}/stop', operationId: 'stopOperation', summary: 'Stops it: what is in the air is finished, nothing new is begun',
    params, body: { name: 'Stop', schema: stopInput.omit({ id: true }) }, answer: operation,
    run: (context, { operationId }, body) => stopOperation(context, { id: operationId, ...body }),
  }),
  route('flows:read', {
    method: 'GET', path: '/holds', operationId: 'listHolds', summary: 'What is held or rerouted now, as last measured',
    params: {}, query: flow, answer: { name: 'HoldList', schema: holdListSchema },
    run: (context, input) => listHolds(context, input),
  }),
  route('messages:read', {
    method: 'GET', path: '/holds/{holdId}/received', operationId: 'listReceivedMessages', summary: 'What the alternate of a reroute received within your scope, newest first, with what was decided of each',
    params: holdParams, query: { standing: z.enum(RECEIVED_STANDINGS).optional(), payer: slug.optional(), facility: slug.optional(), limit: page.limit, cursor: z.string().max(500).optional().describe('nextCursor of the page before') }, answer: { name: 'ReceivedPage', schema: receivedPageSchema },
    run: (context, input) => listReceived(context, input),
  }),
  writeRoute('operations:run', {
    method: 'POST', path: '/holds/{holdId}/received/decisions', operationId: 'decideReceivedMessages', summary: 'Keeps what was decided of messages that the alternate received: left there, voided there, or to be sent again. Nothing is sent or withdrawn by it',
    params: holdParams, body: { name: 'ReceivedDecisionInput', schema: decideReceivedInput.omit({ holdId: true }) }, answer: { name: 'ReceivedDecided', schema: receivedDecidedSchema },
    run: (context, { holdId }, body) => decideReceived(context, { holdId, ...body }),
  }),
  writeRoute('operations:run', {
    method: 'POST', path: '/holds/{holdId}/take-over', operationId: 'takeOverHold', summary: 'Makes the caller the owner of a hold',
    params: holdParams, body: { name: 'TakeOver', schema: takeOverInput.omit({ holdId: true }) }, answer: hold,
    run: (context, { holdId }, body) => takeOverHold(context, { holdId, ...body }),
  }),
  writeRoute('operations:run', {
    method: 'POST', path: '/holds/{holdId}/extend', operationId: 'extendHold', summary: 'Moves the instant at which somebody has to decide anew about a hold',
    params: holdParams, body: { name: 'Extension', schema: extendInput.omit({ holdId: true }) }, answer: hold,
    run: (context, { holdId }, body) => extendHold(context, { holdId, ...body }),
  }),
  route('flows:read', {
    method: 'GET', path: '/lever-switch', operationId: 'readLeverSwitch', summary: 'Whether all levers are disabled',
    params: {}, query: {}, answer: { name: 'LeverSwitch', schema: leverSwitchSchema },
    run: async (context) => ({ disabled: await readLeverSwitch(context.db) }),
  }),
  writeRoute('operations:run', {
    method: 'POST', path: '/lever-switch', operationId: 'setLeverSwitch', summary: 'Disables or enables all new lever actions everywhere',
    params: {}, body: { name: 'LeverSwitchInput', schema: leverSwitchInput }, answer: { name: 'LeverSwitch', schema: leverSwitchSchema },
    run: (context, _, body) => setLeverSwitch(context, body),
  }),
];
