import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { isSameOrigin } from '@/server/auth/request-actor';
import { createContext } from './context';
import { logFailure } from './log';
import { appRouter } from './root';

/** tRPC over HTTP. What changes something arrives as POST, and only from our own pages or with a token. */
export async function handleTrpc(request: Request): Promise<Response> {
  if (request.method === 'POST' && !isSameOrigin(request.headers)) {
    return Response.json({ error: { message: 'This request did not come from a Signalbox page.' } }, { status: 403 });
  }
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: () => createContext(request),
    onError: ({ error, path, ctx }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR' || error.code === 'SERVICE_UNAVAILABLE') {
        logFailure({ what: path ?? 'trpc', requestId: ctx?.requestId ?? null, error: error.cause ?? error });
      }
    },
  });
}
