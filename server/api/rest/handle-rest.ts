import { z } from 'zod';
import packageJson from '@/package.json';
import { may } from '@/server/domain/roles/actor';
import { recordDenial } from '@/server/services/audit/record-denial';
import { Refusal, type RefusalIssue } from '@/server/services/refusal';
import { ClickHouseFailure } from '@/server/store/clickhouse/client';
import { createContext, requestIdOf } from '../context';
import { issuesOf } from '../issues';
import { logFailure } from '../log';
import type { ApiContext } from '../trpc';
import { openApiDocument } from './openapi';
import { problem } from './problem';
import { readJsonBody, UnusableBody } from './read-body';
import type { Route } from './route';
import { ROUTES } from './routes';

const BASE = '/api/v1';
const DOCUMENT_PATH = '/openapi.json';

/** REST over the same services as tRPC: find the operation, authorize, parse, run, answer or explain. */
export async function handleRest(request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  try {
    return await answer(request, requestId);
  } catch (error) {
    if (error instanceof Refusal) return problem(error.code, error.message, requestId, { issues: issuesOf(error) });
    if (error instanceof UnusableBody) return problem(error.code, error.message, requestId);
    if (error instanceof z.ZodError) return problem('invalid', sentenceOf(issuesOf(error)), requestId, { issues: issuesOf(error) });
    logFailure({ what: new URL(request.url).pathname.slice(0, 100), requestId, error });
    if (error instanceof ClickHouseFailure) {
      return problem('unavailable', 'The telemetry store did not answer in time. Try again in a few seconds; Settings shows its state.', requestId);
    }
    return problem('internal', 'Something went wrong on our side. Try again; if it stays, give your administrator the request id.', requestId);
  }
}

async function answer(request: Request, requestId: string): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(BASE.length).replace(/\/$/, '');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const matching = path === DOCUMENT_PATH ? [] : findRoutes(path);
  if (matching.length === 0 && path !== DOCUMENT_PATH) return problem('not-found', `There is nothing at ${url.pathname}. ${BASE}${DOCUMENT_PATH} lists what there is.`, requestId);
  const methods = path === DOCUMENT_PATH ? ['GET'] : matching.map(({ route }) => route.method);
  if (!methods.some((known) => known === method)) {
    const allow = methods.flatMap((known) => (known === 'GET' ? ['GET', 'HEAD'] : [known])).join(', ');
    return problem('method-not-allowed', `${request.method} is not possible here; this address answers ${methods.join(', ')}.`, requestId, { headers: { allow } });
  }
  const found = matching.find(({ route }) => route.method === method);
  if (!found) return json(openApiDocument(ROUTES, packageJson.version), requestId);

  const { route, params } = found;
  if (method !== 'GET') refuseCookies(request.headers);
  const context = { ...(await createContext(request)), requestId };
  await refuseOutsiders(route, context, url.pathname);
  const headers = Object.fromEntries(Object.keys(route.headers ?? {}).map((name) => [name, request.headers.get(name) ?? undefined]));
  const input = z.object({ ...route.params, ...route.query, ...route.headers }).parse({ ...Object.fromEntries(url.searchParams), ...headers, ...params });
  const body = route.body ? await route.body.schema.parseAsync(await readJsonBody(request)) : undefined;
  const result = await route.run(context, input, body);
  return result instanceof Response ? withHeaders(result, requestId) : json(result, requestId, route.status);
}

/** A browser sends a person's cookie along with what any site makes it send; a token it never adds by itself. */
function refuseCookies(headers: Headers): void {
  if (!headers.has('authorization')) throw new Refusal('unauthenticated', 'What changes something needs an API token, sent as "Authorization: Bearer …"; a signed-in session is not enough. "npm run -s cli -- token create --name N --role R" makes a token.');
}

async function refuseOutsiders(route: Route, context: ApiContext, path: string): Promise<void> {
  if (route.access === 'open') return;
  if (!context.actor) throw new Refusal('unauthenticated', 'Send a valid API token as "Authorization: Bearer …", or sign in. "npm run -s cli -- token create --name N --role viewer" makes a token.');
  if (may(context.actor, route.access)) return;
  if (route.method !== 'GET') await recordDenial({ db: context.db, actor: context.actor, now: () => context.now() }, route.operationId, route.access);
  throw new Refusal('not-found', `${path} was not found, or your roles do not include ${route.access}. An administrator can grant it.`);
}

/** All methods of the address; one without parameters wins over one with. */
function findRoutes(path: string): { route: Route; params: Record<string, string> }[] {
  const parts = path.split('/');
  const found = ROUTES.flatMap((route) => {
    const pattern = route.path.split('/');
    if (pattern.length !== parts.length) return [];
    const params: Record<string, string> = {};
    const matches = pattern.every((piece, i) => {
      const part = parts[i] ?? '';
      if (!piece.startsWith('{')) return piece === part;
      params[piece.slice(1, -1)] = safeDecode(part);
      return true;
    });
    return matches ? [{ route, params }] : [];
  });
  const exact = found.filter(({ params }) => Object.keys(params).length === 0);
  return exact.length > 0 ? exact : found;
}

function sentenceOf(issues: readonly RefusalIssue[]): string {
  return issues.map(({ field, message }) => `${field || 'the request'}: ${message}`).join('; ') + '.';
}

/** A broken percent sequence is an id that does not exist, not an error of ours. */
function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function json(body: unknown, requestId: string, status = 200): Response {
  return withHeaders(Response.json(body, { status }), requestId);
}

function withHeaders(response: Response, requestId: string): Response {
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  return response;
}
