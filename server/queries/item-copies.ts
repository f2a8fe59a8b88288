import { z } from 'zod';
import { instantMs } from './fields';
import { question } from './question';

/**
 * Which items of an operation a tap saw pass: copies carry the mark that we put on what we send. Reads the source's part of
 * the order key, bounded by SeenAt.
 */
export const askItemCopies = question({
  name: 'copies of items that were sent',
  sql: `SELECT DISTINCT Headers['x-signalbox-item'] AS item
FROM tap_messages
WHERE SourceId = {sourceId:String} AND SeenAt >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND has({items:Array(String)}, Headers['x-signalbox-item'])
LIMIT {limit:UInt32}`,
  params: z.object({ sourceId: z.string(), sinceMs: instantMs, items: z.array(z.string()).min(1).max(1_000), limit: z.number().int().min(1).max(1_000) }),
  row: z.object({ item: z.string() }),
});
