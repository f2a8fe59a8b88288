import { z } from 'zod';
import { question } from './question';

/** Partitions that hold rows, by table; each is named by its first day. */
export const askPartitions = question({
  name: 'partitions',
  sql: `SELECT table, partition
FROM system.parts
WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)} AND match(partition, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
GROUP BY table, partition
ORDER BY table, partition`,
  params: z.object({ tables: z.array(z.string()) }),
  row: z.object({ table: z.string(), partition: z.string() }),
});
