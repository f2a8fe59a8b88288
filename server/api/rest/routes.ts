import { z } from 'zod';
import { may } from '@/server/domain/roles/actor';
import { listFlows } from '@/server/services/flows/list-flows';
import { readFlow } from '@/server/services/flows/read-flow';
import { readBareStatus, readSystemHealth } from '@/server/services/system/read-system-health';
import { readTrace } from '@/server/services/traces/read-trace';
import { flowDetailSchema, flowPageSchema } from '../schemas/flows';
import { slug, traceId } from '../schemas/primitives';
import { bareHealthSchema, systemHealthSchema } from '../schemas/system';
import { traceSchema } from '../schemas/traces';
import { AUDIT_ROUTES } from './audit-routes';
import { CONTRACT_ROUTES } from './contract-routes';
import { FAILURE_ROUTES } from './failure-routes';
import { GATE_ROUTES } from './gate-routes';
import { HOP_ROUTES } from './hop-routes';
import { OPERATION_ROUTES } from './operation-routes';
import { pageQuery } from './page-query';
import { openRoute, route, type Route } from './route';
import { SOURCE_ROUTES } from './source-routes';

/** Everything under `/api/v1`. The OpenAPI document is made from this table. */
export const ROUTES: readonly Route[] = [
  openRoute({
    method: 'GET', path: '/health', operationId: 'readHealth',
    summary: 'Health of Signalbox itself: one word for everybody, every part with its detail for those who may read it',
    answer: { name: 'Health', schema: z.union([systemHealthSchema, bareHealthSchema]) },
    async run(context) {
      const { actor } = context;
      const answer = actor && may(actor, 'system:read') ? await readSystemHealth({ ...context, actor }) : { status: await readBareStatus(context) };
      return Response.json(answer, { status: answer.status === 'down' ? 503 : 200 });
    },
  }),
  route('flows:read', {
    method: 'GET', path: '/flows', operationId: 'listFlows', summary: 'Flows with their health, by id',
    params: {}, query: pageQuery, answer: { name: 'FlowPage', schema: flowPageSchema },
    run: (context, input) => listFlows(context, input),
  }),
  route('flows:read', {
    method: 'GET', path: '/flows/{flowId}', operationId: 'readFlow', summary: 'One flow with hops, contract, status history and newest traces',
    params: { flowId: slug }, query: {}, answer: { name: 'FlowDetail', schema: flowDetailSchema },
    run: (context, input) => readFlow(context, input),
  }),
  route('traces:read', {
    method: 'GET', path: '/traces/{traceId}', operationId: 'readTrace', summary: 'All spans of one trace, one array per column',
    params: { traceId }, query: {}, answer: { name: 'Trace', schema: traceSchema },
    run: (context, input) => readTrace(context, input),
  }),
  ...HOP_ROUTES,
  ...FAILURE_ROUTES,
  ...GATE_ROUTES,
  ...SOURCE_ROUTES,
  ...CONTRACT_ROUTES,
  ...AUDIT_ROUTES,
  ...OPERATION_ROUTES,
];
