import { z } from 'zod';
import packageJson from '@/package.json';
import { may } from '@/server/domain/roles/actor';
import { Refusal } from '@/server/services/refusal';
import { ClickHouseFailure } from '@/server/store/clickhouse/client';
import { createContext, requestIdOf } from '../context';
import { logFailure } from '../log';
import type { ApiContext } from '../trpc';
import { openApiDocument } from './openapi';
import { problem } from './problem';
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
    if (error instanceof Refusal) return problem(error.code, error.message, requestId);
    if (error instanceof z.ZodError) return problem('invalid', z.prettifyError(error), requestId);
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
  const readOnly = request.method === 'GET' || request.method === 'HEAD';
  const found = path === DOCUMENT_PATH ? { route: null, params: {} } : findRoute(path);
  if (!found) return problem('not-found', `There is nothing at ${url.pathname}. ${BASE}${DOCUMENT_PATH} lists what there is.`, requestId);
  if (!readOnly) return problem('method-not-allowed', `${request.method} is not possible here; this address answers GET.`, requestId, { allow: 'GET, HEAD' });
  if (found.route === null) return json(openApiDocument(ROUTES, packageJson.version), requestId);

  const context = { ...(await createContext(request)), requestId };
  refuseOutsiders(found.route, context, url.pathname);
  const input = z.object({ ...found.route.params, ...found.route.query }).parse({ ...Object.fromEntries(url.searchParams), ...found.params });
  const result = await found.route.run(context, input);
  return result instanceof Response ? withHeaders(result, requestId) : json(result, requestId);
}

function refuseOutsiders(route: Route, context: ApiContext, path: string): void {
  if (route.access === 'open') return;
  if (!context.actor) throw new Refusal('unauthenticated', 'Send a valid API token as "Authorization: Bearer …", or sign in. "npm run -s cli -- token create --name N --role viewer" makes a token.');
  if (!may(context.actor, route.access)) throw new Refusal('not-found', `${path} was not found, or your roles do not include ${route.access}. An administrator can grant it.`);
}

function findRoute(path: string): { route: Route; params: Record<string, string> } | null {
  const parts = path.split('/');
  for (const route of ROUTES) {
    const pattern = route.path.split('/');
    if (pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const matches = pattern.every((piece, i) => {
      const part = parts[i] ?? '';
      if (!piece.startsWith('{')) return piece === part;
      params[piece.slice(1, -1)] = safeDecode(part);
      return true;
    });
    if (matches) return { route, params };
  }
  return null;
}

/** A broken percent sequence is an id that does not exist, not an error of ours. */
function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function json(body: unknown, requestId: string): Response {
  return withHeaders(Response.json(body), requestId);
}

function withHeaders(response: Response, requestId: string): Response {
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  return response;
}
