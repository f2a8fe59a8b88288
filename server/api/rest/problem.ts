import { z } from 'zod';
import type { RefusalCode, RefusalIssue } from '@/server/services/refusal';

export type ProblemCode = RefusalCode | 'method-not-allowed' | 'too-large' | 'unsupported-media-type' | 'internal';

const STATUS: Record<ProblemCode, { status: number; title: string }> = {
  unauthenticated: { status: 401, title: 'Not signed in' },
  'not-found': { status: 404, title: 'Not found' },
  invalid: { status: 400, title: 'Invalid request' },
  conflict: { status: 409, title: 'Conflict' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Unavailable' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'too-large': { status: 413, title: 'Too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  internal: { status: 500, title: 'Internal error' },
};

/** RFC 9457. `type` is stable; `detail` is a sentence that can be shown. */
export const problemSchema = z.object({
  type: z.string().describe(`urn:signalbox:problem: followed by one of ${Object.keys(STATUS).join(', ')}`),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  requestId: z.string().describe('Give it to your administrator'),
  issues: z.array(z.object({
    field: z.string().nullable().describe('Path of the field that is wrong, e.g. settings.management'),
    file: z.string().nullable(), line: z.number().int().nullable(), rule: z.string().nullable().describe('Of the contract language'), message: z.string(),
  })).optional().describe('Everything that is wrong with the request, each with its place'),
}).describe('RFC 9457 problem details');

export function problem(code: ProblemCode, detail: string, requestId: string, { headers = {}, issues = [] }: { headers?: Record<string, string>; issues?: RefusalIssue[] } = {}): Response {
  const { status, title } = STATUS[code];
  const body: z.infer<typeof problemSchema> = { type: `urn:signalbox:problem:${code}`, title, status, detail, requestId, ...(issues.length > 0 ? { issues } : {}) };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json', 'cache-control': 'no-store', 'x-request-id': requestId,
      ...(code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="signalbox"' } : {}),
      ...(code === 'unavailable' ? { 'retry-after': '5' } : {}),
      ...headers,
    },
  });
}
