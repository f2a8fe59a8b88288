import type { z } from 'zod';
import type { ClickHouse } from '@/server/store/clickhouse/client';

/** A question to ClickHouse: what it is called, its SQL, what goes in, what one row looks like, and its bounds. */
export interface Question<P extends z.ZodType, R extends z.ZodType> {
  /** Stands in the server's query log. */
  name: string;
  /** No `now()`: the window is a parameter. */
  sql: string;
  params: P;
  row: R;
  timeoutMs?: number;
  maxRows?: number;
}

export type Ask<P extends z.ZodType, R extends z.ZodType> = (
  clickhouse: ClickHouse,
  params: z.input<P>,
  signal?: AbortSignal,
) => Promise<z.output<R>[]>;

const DEFAULT_TIMEOUT_MS = 10_000;
/** For the way there and back, on top of what the server may take. */
const TRANSPORT_MS = 1_000;

/** Ends with the caller, or when a server that stopped answering has had its time: its own limit is no help then. */
export function deadline(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs + TRANSPORT_MS);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Turns a question into a function that asks it. */
export function question<P extends z.ZodType<Record<string, unknown>>, R extends z.ZodType>(definition: Question<P, R>): Ask<P, R> {
  const { name, sql, params, row, timeoutMs = DEFAULT_TIMEOUT_MS, maxRows } = definition;
  return (clickhouse, input, signal) =>
    clickhouse.query<z.output<R>>({ name, sql, params: params.parse(input), schema: row as z.ZodType<z.output<R>>, timeoutMs, maxRows, signal: deadline(timeoutMs, signal) });
}
