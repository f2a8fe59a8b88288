/** Applications that take rows as most do: they claim with SKIP LOCKED, work, and write the result. They know no gate. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { qualifiedName } from '../postgres/statements';

export interface TestConsumers {
  /** Ids in the order in which they were claimed. */
  claimed: string[];
  /** Sentences of the database that a consumer ran into. */
  failures: string[];
  stop(): Promise<void>;
}

export function startConsumers(url: string, table: { schema: string; table: string }, { workers = 2, batch = 5, where = '', workMs = 0, locksWhileWorking = false } = {}): TestConsumers {
  const name = qualifiedName(table);
  const consumers: TestConsumers = { claimed: [], failures: [], stop: () => Promise.resolve() };
  const stopping = new AbortController();
  const claim = `WITH next AS (SELECT id FROM ${name} WHERE status = 'N'${where} ORDER BY id LIMIT ${batch} FOR UPDATE SKIP LOCKED)
    UPDATE ${name} t SET status = 'P', attempts = attempts + 1, updated_at = clock_timestamp() FROM next WHERE t.id = next.id RETURNING t.id`;
  async function work(): Promise<void> {
    const client = new pg.Client({ connectionString: url, application_name: 'erp-worker' });
    client.on('error', () => undefined);
    await client.connect();
    while (!stopping.signal.aborted) {
      try {
        if (locksWhileWorking) await client.query('BEGIN');
        const { rows } = await client.query<{ id: string }>(claim);
        consumers.claimed.push(...rows.map(({ id }) => id));
        await pause(rows.length === 0 ? 20 : workMs);
        if (rows.length > 0) await client.query(`UPDATE ${name} SET status = 'C', updated_at = clock_timestamp() WHERE id = ANY($1)`, [rows.map(({ id }) => id)]);
        if (locksWhileWorking) await client.query('COMMIT');
      } catch (error) {
        consumers.failures.push(String(error));
        await client.query('ROLLBACK').catch(() => undefined);
        await pause(20);
      }
    }
    await client.end();
  }
  const running = Array.from({ length: workers }, work);
  consumers.stop = async () => {
    stopping.abort();
    await Promise.all(running);
  };
  return consumers;
}
