import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ClickHouse } from './client';
import { ROLLUPS, TRACE_TIME_RANGE } from './rollups';
import { SPAN_COLUMNS } from './spans-table';

const COLUMN_NAMES = SPAN_COLUMNS.map((column) => column.name);
const MINUTE_S = 60;

/** ClickHouse error codes that say the block itself is wrong: sending it again can never succeed. */
const BLOCK_IS_WRONG = new Set([6, 26, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 131, 190, 321, 349]);

export function saysBlockIsWrong(code: number | null): boolean {
  return code !== null && BLOCK_IS_WRONG.has(code);
}

/** First half of a block's SHA-256: part of its deduplication token, so that a token never stands for other content. */
export function contentHash(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

/** Inserts one block of spans; when it resolves, raw table and all rollups have it. */
export async function insertSpans(clickhouse: ClickHouse, block: { body: Buffer; token: string }): Promise<void> {
  await clickhouse.insertBlock({ table: 'otel_traces', columns: COLUMN_NAMES, body: block.body, token: block.token, queryId: queryIdOf(block.token) });
}

/** Waits until no insert with this token runs any more, ending it if it does: its outcome must not change while we look. */
export async function endInsert(clickhouse: ClickHouse, token: string): Promise<void> {
  await clickhouse.command(`KILL QUERY WHERE query_id = '${queryIdOf(token).replaceAll(/[^A-Za-z0-9-]/g, '')}' SYNC`);
}

/** How many spans of a block the raw table holds. */
export async function countSpansOfBatch(clickhouse: ClickHouse, batch: { batchId: string; receivedMinutes: readonly number[] }): Promise<number> {
  const [row] = await clickhouse.query({
    name: 'spans of a batch',
    // ReceivedAt and BatchId have minmax indexes; without the receive time every part would be opened.
    sql: `SELECT count() AS spans FROM otel_traces
WHERE BatchId = {batchId:UInt64} AND ReceivedAt >= fromUnixTimestamp({first:Int64}) AND ReceivedAt < fromUnixTimestamp({end:Int64})`,
    params: { batchId: batch.batchId, ...range(batch.receivedMinutes) },
    schema: z.object({ spans: z.coerce.number() }),
    timeoutMs: 60_000,
  });
  return row!.spans;
}

/** Removes what an interrupted insert left of a block. */
export async function deleteBatch(clickhouse: ClickHouse, batchId: string): Promise<void> {
  await clickhouse.command(`ALTER TABLE otel_traces DELETE WHERE BatchId = ${BigInt(batchId)}`, { settings: { mutations_sync: '2' } });
}

/**
 * Makes rollup minutes anew from the raw table. Nothing may be inserted into those minutes meanwhile. Running it again
 * is safe at any point, which is how an interruption of the rebuild itself is mended.
 *
 * @param minutes Unix minutes, by the clock of the rollup
 */
export async function rebuildRollups(clickhouse: ClickHouse, minutes: { receivedMinutes: readonly number[]; eventMinutes: readonly number[]; batchIds: readonly string[] }): Promise<void> {
  for (const rollup of ROLLUPS) {
    const touched = rollup.clock === 'received' ? minutes.receivedMinutes : minutes.eventMinutes;
    if (touched.length === 0) continue;
    const instants = touched.map((minute) => `toDateTime(${Math.trunc(minute) * MINUTE_S})`).join(', ');
    const { first, end } = range(touched);
    const instant = rollup.clock === 'received' ? 'ReceivedAt' : 'Timestamp';
    await clickhouse.command(`ALTER TABLE ${rollup.table.name} DELETE WHERE Minute IN (${instants})`, { settings: { mutations_sync: '2' } });
    await insertFromRaw(
      clickhouse, rollup.table.name, rollup.select,
      `${instant} >= fromUnixTimestamp(${first}) AND ${instant} < fromUnixTimestamp(${end}) AND ${rollup.bucket} IN (${instants})`,
    );
  }
  if (minutes.batchIds.length > 0) {
    const { first, end } = range(minutes.receivedMinutes);
    await insertFromRaw(
      clickhouse, TRACE_TIME_RANGE.table.name, TRACE_TIME_RANGE.select,
      `BatchId IN (${minutes.batchIds.map((id) => BigInt(id)).join(', ')}) AND ReceivedAt >= fromUnixTimestamp(${first}) AND ReceivedAt < fromUnixTimestamp(${end})`,
    );
  }
}

/** Deduplication is off: the same rows may have been inserted and deleted before, and must not be taken for a retry. */
async function insertFromRaw(clickhouse: ClickHouse, table: string, select: string, where: string): Promise<void> {
  await clickhouse.command(`INSERT INTO ${table} ${select.replace('{from}', 'otel_traces').replace('{where}', where)}`, {
    settings: { insert_deduplicate: 0, async_insert: 0, max_execution_time: 300 },
  });
}

/** Query ids name the attempt in the server's process list. */
function queryIdOf(token: string): string {
  return `signalbox-${token}`;
}

function range(minutes: readonly number[]): { first: number; end: number } {
  let first = Infinity;
  let last = -Infinity;
  for (const minute of minutes) {
    if (minute < first) first = minute;
    if (minute > last) last = minute;
  }
  return { first: first * MINUTE_S, end: (last + 1) * MINUTE_S };
}
