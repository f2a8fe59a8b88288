import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { may, type Actor } from '@/server/domain/roles/actor';
import type { Permission } from '@/server/domain/roles/permissions';
import { ClickHouseFailure } from '@/server/store/clickhouse/client';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { recordDenial } from '@/server/services/audit/record-denial';
import { Refusal, type RefusalCode } from '@/server/services/refusal';
import { issuesOf } from './issues';

export interface ApiContext {
  db: Database;
  clickhouse: ClickHouse;
  /** Null when nobody is signed in. */
  actor: Actor | null;
  now(): Date;
  requestId: string;
  signal?: AbortSignal;
}

const TRPC_CODES: Record<RefusalCode, TRPCError['code']> = {
  unauthenticated: 'UNAUTHORIZED',
  'not-found': 'NOT_FOUND',
  invalid: 'BAD_REQUEST',
  conflict: 'CONFLICT',
  'too-many-requests': 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
};

const t = initTRPC.context<ApiContext>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error, ctx }) => ({
    ...shape,
    message: sentenceOf(error),
    data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, requestId: ctx?.requestId ?? null, issues: issuesOf(error.cause) },
  }),
});

/** What may be shown: refusals speak for themselves, bad input names its field, everything else says nothing of the inside. */
function sentenceOf(error: TRPCError): string {
  if (error.cause instanceof Refusal) return error.cause.message;
  if (error.cause instanceof z.ZodError) return z.prettifyError(error.cause);
  if (error.code === 'INTERNAL_SERVER_ERROR') return 'Something went wrong on our side. Try again; if it stays, give your administrator the request id.';
  return error.message;
}

const refusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = result.error.cause;
  if (cause instanceof Refusal) throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
  if (cause instanceof ClickHouseFailure) {
    const refusal = new Refusal('unavailable', 'The telemetry store did not answer in time. Try again in a few seconds; Settings shows its state.', { cause });
    throw new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: refusal.message, cause: refusal });
  }
  return result;
});

/**
 * The only way to make a procedure: it begins with the permission it needs, so one without does not compile.
 * `signed-in` is for what concerns the caller alone.
 */
export function procedureFor(permission: Permission | 'signed-in') {
  return t.procedure.use(refusals).use(async ({ ctx, next, path, type }) => {
    if (!ctx.actor) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (permission !== 'signed-in' && !may(ctx.actor, permission)) {
      if (type === 'mutation') await recordDenial({ db: ctx.db, actor: ctx.actor, now: () => ctx.now() }, path, permission);
      throw new TRPCError({ code: 'NOT_FOUND', message: `${path} was not found, or your roles do not include ${permission}. An administrator can grant it.` });
    }
    return next({ ctx: { ...ctx, actor: ctx.actor } });
  });
}

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;
