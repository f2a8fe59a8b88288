import { randomUUID } from 'node:crypto';
import { actorOfRequest } from '@/server/auth/request-actor';
import { connections } from './connections';
import type { ApiContext } from './trpc';

/** What every API call runs with. A caller's own request id is kept when it is harmless, so that logs of both sides meet. */
export async function createContext(request: Request): Promise<ApiContext> {
  const { db, clickhouse } = connections();
  const now = () => new Date();
  return { db, clickhouse, actor: await actorOfRequest(db, request.headers, now()), now, requestId: requestIdOf(request), signal: request.signal };
}

export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id');
  return given !== null && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
}
