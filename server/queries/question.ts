import type { z } from 'zod';
import type { ClickHouse, Read } from '@/server/store/clickhouse/client';

/** A question to ClickHouse: what it is called, its SQL, what goes in, what one row looks like, and its bounds. */
export interface Question<P extends z.ZodType, R extends z.ZodType> {
  /** Stands in the server's query log. */
  name: string;
  /** No `now()`: the window is a parameter. */
  sql: string;
  params: P;
  row: R;
  /** Parameters that are sets of digests, see {@link Read.digests}. */
  digests?: readonly string[];
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
  const { name, sql, params, row, digests = [], timeoutMs = DEFAULT_TIMEOUT_MS, maxRows } = definition;
  return (clickhouse, input, signal) =>
    clickhouse.query<z.output<R>>({ name, sql, ...sortedOut(params.parse(input), digests), schema: row as z.ZodType<z.output<R>>, timeoutMs, maxRows, signal: deadline(timeoutMs, signal) });
}

function sortedOut(params: Record<string, unknown>, digests: readonly string[]): Pick<Read, 'params' | 'digests'> {
  if (digests.length === 0) return { params };
  const entries = Object.entries(params);
  return { params: Object.fromEntries(entries.filter(([key]) => !digests.includes(key))), digests: Object.fromEntries(entries.filter(([key]) => digests.includes(key)).map(([key, set]) => [key, String(set)])) };
}
