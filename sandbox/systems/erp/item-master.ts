import { SpanKind } from '@opentelemetry/api';
import { INTERFACES } from '../../network/interfaces';
import { ITEMS } from '../../network/items';
import { randomAt } from '../../network/random';
import { enqueue } from '../../runtime/interface-table';
import { takePosition } from '../../runtime/stream-cursor';
import type { SystemContext } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/** Changes the next item of the master and publishes its new version to every subscriber. */
export async function changeNextItem(context: SystemContext): Promise<void> {
  if (context.faults.isOn('feed-silent', 'item-changes')) return;
  await context.telemetry.inSpan({ name: 'change item', kind: SpanKind.INTERNAL, attributes: {} }, () =>
    inTransaction(context.pool, async (client) => {
      const index = await takePosition(client, 'item-changes');
      const item = randomAt(context.settings.seed, 'item-changes', index).pick(ITEMS);
      const version = String(index + 1);
      await client.query(
        `INSERT INTO erp.item_master (item_code, version) VALUES ($1, $2)
         ON CONFLICT (item_code) DO UPDATE SET version = excluded.version, changed_at = now()`,
        [item.code, version],
      );
      for (const target of INTERFACES.itemChange.destinations) {
        await enqueue(context, client, INTERFACES.itemChange, target, {
          facts: { messageId: `ITM-${item.code}-${version}-${target}`, item: item.code, itemVersion: version, supplier: item.supplier, target },
          details: { name: item.name },
        });
      }
    }),
  );
}
