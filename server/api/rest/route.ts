import type { z } from 'zod';
import type { Permission } from '@/server/domain/roles/permissions';
import type { ServiceContext } from '@/server/services/service-context';
import type { ApiContext } from '../trpc';

type Fields = Record<string, z.ZodType>;
type Parsed<F extends Fields> = { [K in keyof F]: z.output<F[K]> };
type Named<S extends z.ZodType = z.ZodType> = { name: string; schema: S };

interface Description<P extends Fields, Q extends Fields> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, with `{name}` for each path parameter. */
  path: string;
  operationId: string;
  summary: string;
  params: P;
  query: Q;
  /** Request headers that it reads, by lower-case name. */
  headers?: Fields;
  /** Of a success; 200 unless something was made (201) or is only begun (202). */
  status?: 200 | 201 | 202;
  /** Name of the answer's schema in the document, and the schema. */
  answer: Named;
}

/** One REST operation: what the document says about it, and what it does. Made by `route`, `writeRoute` or `openRoute` only. */
export interface Route extends Description<Fields, Fields> {
  access: Permission | 'open';
  /** What must be sent; null where nothing is. */
  body: Named | null;
  /** `input` has been parsed by `params`, `query` and `headers`, `body` by its schema. */
  run(context: ApiContext, input: Record<string, unknown>, body: unknown): Promise<unknown>;
}

/** An operation that needs a permission and no body; it cannot be described without one. Where it reads no headers, `H` adds nothing. */
export function route<P extends Fields, Q extends Fields, H extends Fields = P>(
  permission: Permission,
  description: Description<P, Q> & { headers?: H; run(context: ServiceContext, input: Parsed<P> & Parsed<Q> & Parsed<H>): Promise<unknown> },
): Route {
  return { ...description, access: permission, body: null, run: (context, input) => description.run(context as ServiceContext, input as Parsed<P> & Parsed<Q> & Parsed<H>) };
}

/** An operation that needs a permission and takes a JSON body. */
export function writeRoute<P extends Fields, B extends z.ZodType>(
  permission: Permission,
  description: Omit<Description<P, Record<string, never>>, 'query'> & { body: Named<B>; run(context: ServiceContext, input: Parsed<P>, body: z.output<B>): Promise<unknown> },
): Route {
  return { ...description, access: permission, query: {}, run: (context, input, body) => description.run(context as ServiceContext, input as Parsed<P>, body as z.output<B>) };
}

/** An operation that answers without sign-in, and decides itself how much it says. */
export function openRoute(description: Omit<Description<Fields, Fields>, 'params' | 'query'> & { run(context: ApiContext): Promise<unknown> }): Route {
  return { ...description, params: {}, query: {}, access: 'open', body: null, run: (context) => description.run(context) };
}
