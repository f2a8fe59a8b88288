import { z } from 'zod';

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
