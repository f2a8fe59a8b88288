import NextAuth from 'next-auth';
import { authOptions } from './options';

type RouteContext = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own routes. Options are made per request, because the environment is not there at build time. */
export async function handleAuth(request: Request, context: RouteContext): Promise<Response> {
  return (NextAuth(authOptions()) as (request: Request, context: RouteContext) => Promise<Response>)(request, context);
}
