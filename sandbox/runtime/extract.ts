import { SpanKind } from '@opentelemetry/api';
import type { FeedName } from '../faults/catalogue';
import type { InterfaceTable } from '../network/interfaces';
import { partitionAt } from '../network/partitions';
import { enqueue } from './interface-table';
import { takePosition } from './stream-cursor';
import type { SystemContext } from './system';
import { inTransaction } from './transaction';

/** Hands the next refresh of an analytics data product to the integration engine. */
export async function sendNextExtract(context: SystemContext, feed: FeedName, table: InterfaceTable, prefix: string): Promise<void> {
  if (context.faults.isOn('feed-silent', feed)) return;
  await context.telemetry.inSpan({ name: `extract ${feed}`, kind: SpanKind.INTERNAL, attributes: {} }, () =>
    inTransaction(context.pool, async (client) => {
      const index = await takePosition(client, feed);
      const { facility, department, rows } = partitionAt(context.settings.seed, feed, index);
      const extract = `${prefix}${String(index).padStart(8, '0')}`;
      await enqueue(context, client, table, 'analytics', {
        facts: { messageId: `EXT-${extract}`, extract, facility, department },
        details: { rows: String(rows), completeThrough: new Date().toISOString() },
      });
    }),
  );
}
