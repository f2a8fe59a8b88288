import { z } from 'zod';
import type { Scope } from '@/server/domain/roles/scope';

/** An instant as a parameter: milliseconds since the epoch, for `fromUnixTimestamp64Milli({x:Int64})`. */
export const instantMs = z.number().int().nonnegative();

/** A count: ClickHouse quotes 64-bit integers, and a count per minute and hop is far below 2^53. */
export const count = z.coerce.number().int().nonnegative();

/** `Map(UInt16, UInt64)` of a latency histogram. */
export const histogram = z.record(z.string(), count).transform((entries) => new Map(Object.entries(entries).map(([bucket, n]) => [Number(bucket), n] as const)));

/** An instant in a row, read with `toUnixTimestamp64Milli`; 0 stands for "never" in the rollups. */
export const instantOrNever = z.coerce.number().int().transform((ms) => (ms > 0 ? ms : null));

/** Scope of the asker: `null` is everything, which an array parameter cannot say by itself. */
export const scopeParams = { allFacilities: z.boolean(), facilities: z.array(z.string()), allPayers: z.boolean(), payers: z.array(z.string()) };

/** Condition over `otel_traces` that keeps what lies in the scope of `scopeParams`. */
export const IN_SCOPE = `({allFacilities:Bool} OR has({facilities:Array(String)}, FacilityId)) AND ({allPayers:Bool} OR has({payers:Array(String)}, PayerId))`;

/** Several scopes of one asker, entry by entry; `*`, which is no slug, stands for all. */
export const scopesParams = { facilityScopes: z.array(z.array(z.string())), payerScopes: z.array(z.array(z.string())) };

/** Condition over any table with FacilityId and PayerId that keeps what lies in at least one scope of `scopesParams`. */
export const IN_ANY_SCOPE = `arrayExists((f, p) -> (has(f, '*') OR has(f, FacilityId)) AND (has(p, '*') OR has(p, PayerId)), {facilityScopes:Array(Array(String))}, {payerScopes:Array(Array(String))})`;

export function scopesAsParams(scopes: readonly Scope[]): { facilityScopes: string[][]; payerScopes: string[][] } {
  return { facilityScopes: scopes.map(({ facilities }) => [...(facilities ?? ['*'])]), payerScopes: scopes.map(({ payers }) => [...(payers ?? ['*'])]) };
}
