import { z } from 'zod';
import { MAX_GATE_WAIT_MS } from '@/server/domain/operations/gate';
import { pollGate } from '@/server/services/gates/poll-gate';
import { gateAnswerSchema } from '../schemas/gates';
import { slug } from '../schemas/primitives';
import { route, type Route } from './route';

/** What cooperative clients ask before they send. */
export const GATE_ROUTES: readonly Route[] = [
  route('flows:read', {
    method: 'GET', path: '/gates/{flowId}', operationId: 'readGate', summary: 'Whether a flow is open for its client, at what rate and to which route; waits for a change if asked to',
    params: { flowId: slug },
    query: {
      waitMs: z.coerce.number().int().min(0).max(MAX_GATE_WAIT_MS).default(0).describe('With If-None-Match: how long to wait for a change'),
      instance: slug.optional().describe('Tells clients apart that share one token'),
    },
    headers: { 'if-none-match': z.string().max(1000).optional() },
    answer: { name: 'Gate', schema: gateAnswerSchema },
    async run(context, { 'if-none-match': ifNoneMatch, ...input }) {
      const { answer, etag, isKnown } = await pollGate(context, { ...input, ifNoneMatch });
      return isKnown ? new Response(null, { status: 304, headers: { etag } }) : Response.json(answer, { headers: { etag } });
    },
  }),
];
