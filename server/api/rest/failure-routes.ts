import { countFailuresByReason } from '@/server/services/failures/count-failures-by-reason';
import { listFailedMessages } from '@/server/services/failures/list-failed-messages';
import { failedMessagePageSchema, failureCursor, failureFilter, failureReasonsSchema } from '../schemas/failures';
import { slug } from '../schemas/primitives';
import { pageQuery } from './page-query';
import { route, type Route } from './route';

/** Failed messages of a flow, under `/api/v1/flows/{flowId}`. */
export const FAILURE_ROUTES: readonly Route[] = [
  route('messages:read', {
    method: 'GET', path: '/flows/{flowId}/failures', operationId: 'listFailedMessages', summary: 'Failed messages of a flow within your scope, newest first',
    params: { flowId: slug }, query: { ...failureFilter, limit: pageQuery.limit, cursor: failureCursor },
    answer: { name: 'FailedMessagePage', schema: failedMessagePageSchema },
    run: (context, input) => listFailedMessages(context, input),
  }),
  route('messages:read', {
    method: 'GET', path: '/flows/{flowId}/failure-reasons', operationId: 'countFailuresByReason', summary: 'How many messages of a flow are failed within your scope, by reason',
    params: { flowId: slug }, query: failureFilter, answer: { name: 'FailureReasons', schema: failureReasonsSchema },
    run: (context, input) => countFailuresByReason(context, input),
  }),
];
