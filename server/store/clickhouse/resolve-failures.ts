import { z } from 'zod';
import type { ClickHouse } from './client';
import { FAILED_MESSAGES } from './tap-tables';

/** Keys named in one statement. */
const KEYS_PER_STATEMENT = 1_000;
const MOST_OPEN = 100_000;

const OPEN = `SourceId = {sourceId:String} AND ChannelId = {channelId:String} AND State = 'failed' AND SeenAt < fromUnixTimestamp64Milli({seenBefore:Int64})`;

/**
 * Marks failed messages of a channel as resolved: those seen before an instant, except those that still are failed. The
 * new version keeps every other column, because reads find rows by them before versions are compared.
 *
 * @param resolution instants in Unix milliseconds; `version` must be above that of any earlier look
 * @returns how many were marked
 */
export async function resolveFailures(
  clickhouse: ClickHouse,
  { sourceId, channelId, seenBefore, stillFailed, seenAt, version }: {
    sourceId: string; channelId: string; seenBefore: number; stillFailed: ReadonlySet<string>; seenAt: number; version: bigint;
  },
): Promise<number> {
  const params = { sourceId, channelId, seenBefore };
  const open = await clickhouse.query({
    name: 'open failures of a channel',
    sql: `SELECT ItemKey AS itemKey FROM ${FAILED_MESSAGES.name} FINAL WHERE ${OPEN} LIMIT ${MOST_OPEN}`,
    params, maxRows: MOST_OPEN, schema: z.object({ itemKey: z.string() }),
  });
  const gone = open.map(({ itemKey }) => itemKey).filter((itemKey) => !stillFailed.has(itemKey));
  await resolveItems(clickhouse, { ...params, itemKeys: gone, seenAt, version });
  return gone.length;
}

/**
 * Marks these failed messages of a channel as resolved, as far as they were seen before an instant and are still failed.
 *
 * @param resolution as of `resolveFailures`
 */
export async function resolveItems(
  clickhouse: ClickHouse,
  { sourceId, channelId, seenBefore, itemKeys, seenAt, version }: { sourceId: string; channelId: string; seenBefore: number; itemKeys: readonly string[]; seenAt: number; version: bigint },
): Promise<void> {
  for (let from = 0; from < itemKeys.length; from += KEYS_PER_STATEMENT) {
    await clickhouse.command(
      `INSERT INTO ${FAILED_MESSAGES.name} (${FAILED_MESSAGES.columns.map(({ name }) => name).join(', ')})
SELECT ${FAILED_MESSAGES.columns.map(({ name }) => REPLACED[name] ?? name).join(', ')}
FROM ${FAILED_MESSAGES.name} FINAL WHERE ${OPEN} AND ItemKey IN ({keys:Array(String)})`,
      { params: { sourceId, channelId, seenBefore, seenAt, version: version.toString(), keys: itemKeys.slice(from, from + KEYS_PER_STATEMENT) } },
    );
  }
}

const REPLACED: Readonly<Record<string, string>> = {
  State: `'resolved'`, SeenAt: 'fromUnixTimestamp64Milli({seenAt:Int64})', Version: '{version:UInt64}',
};
