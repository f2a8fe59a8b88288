import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ClickHouse } from './client';

/**
 * Identifies one life of the engine process. A deduplication token protects a retry only in the life in which it was
 * first used: after a `kill -9` the engine may remember a token whose block is gone.
 *
 * The id lives in a Memory table, which is empty in each new life; whoever finds it empty names the life. Of two that
 * do so at once the earlier one counts, for both.
 */
export async function readEngineLife(clickhouse: ClickHouse): Promise<string> {
  const found = await currentLife(clickhouse);
  if (found) return found;
  await clickhouse.insertRows('engine_life', [{ Id: randomUUID(), Since: new Date().toISOString().replace('T', ' ').replace('Z', '') }]);
  const named = await currentLife(clickhouse);
  if (!named) throw new Error('ClickHouse accepted a row into engine_life and then had none: the engine restarted in between; try again.');
  return named;
}

async function currentLife(clickhouse: ClickHouse): Promise<string | null> {
  const rows = await clickhouse.query({
    name: 'engine life',
    sql: 'SELECT toString(Id) AS id FROM engine_life ORDER BY Since, Id LIMIT 1',
    schema: z.object({ id: z.string() }),
    timeoutMs: 5_000,
  });
  return rows[0]?.id ?? null;
}
