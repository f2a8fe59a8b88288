import type { z } from 'zod';
import type { Permission } from '@/server/domain/roles/permissions';
import type { ServiceContext } from '@/server/services/service-context';
import type { ApiContext } from '../trpc';

type Fields = Record<string, z.ZodType>;
type Parsed<F extends Fields> = { [K in keyof F]: z.output<F[K]> };

interface Description<P extends Fields, Q extends Fields> {
  method: 'GET';
  /** Below `/api/v1`, with `{name}` for each path parameter. */
  path: string;
  operationId: string;
  summary: string;
  params: P;
  query: Q;
  /** Name of the answer's schema in the document, and the schema. */
  answer: { name: string; schema: z.ZodType };
}

/** One REST operation: what the document says about it, and what it does. Made by `route` or `openRoute` only. */
export interface Route extends Description<Fields, Fields> {
  access: Permission | 'open';
  /** `input` has been parsed by `params` and `query`. */
  run(context: ApiContext, input: Record<string, unknown>): Promise<unknown>;
}

/** An operation that needs a permission; it cannot be described without one. */
export function route<P extends Fields, Q extends Fields>(
  permission: Permission,
  description: Description<P, Q> & { run(context: ServiceContext, input: Parsed<P> & Parsed<Q>): Promise<unknown> },
): Route {
  return { ...description, access: permission, run: (context, input) => description.run(context as ServiceContext, input as Parsed<P> & Parsed<Q>) };
}

/** An operation that answers without sign-in, and decides itself how much it says. */
export function openRoute(description: Omit<Description<Fields, Fields>, 'params' | 'query'> & { run(context: ApiContext): Promise<unknown> }): Route {
  return { ...description, params: {}, query: {}, access: 'open', run: (context) => description.run(context) };
}
