import { untilMs } from '../../network/durations';
import type { BusinessMessage } from '../../network/message';
import { fact } from '../../network/message';
import { LOOKUPS, ROUTES } from '../../network/routes';
import { putOnAgenda } from '../../runtime/agenda';
import type { SystemContext } from '../../runtime/system';
import { runSystem } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/** Takes an order; the acknowledgement and the ship notice follow in the supplier's own time. An order counts once. */
async function takeOrder({ pool, settings }: SystemContext, message: BusinessMessage): Promise<void> {
  const purchaseOrder = fact(message, 'purchaseOrder');
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      'INSERT INTO suppliers.purchase_order (po_number, supplier_code) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [purchaseOrder, fact(message, 'supplier')],
    );
    if (rowCount === 0) return;
    const until = (step: 'orderAcknowledged' | 'shipped') => untilMs(step, settings.seed, purchaseOrder, settings.factor);
    await putOnAgenda(client, 'suppliers', 'send 855', message, until('orderAcknowledged'));
    await putOnAgenda(client, 'suppliers', 'send 856', message, until('orderAcknowledged') + until('shipped'));
  });
}

await runSystem({
  id: 'suppliers',
  routes: (context) => [{ route: ROUTES.sendPurchaseOrder, handle: (message) => takeOrder(context, message) }],
  lookups: ({ pool }) => [{
    lookup: LOOKUPS.supplierOrder,
    async find(purchaseOrder) {
      const { rows } = await pool.query('SELECT po_number AS "purchaseOrder", recorded_at AS "receivedAt" FROM suppliers.purchase_order WHERE po_number = $1', [purchaseOrder]);
      return rows[0] as object | undefined;
    },
  }],
  async start({ call }, parts) {
    await parts.agenda({
      'send 855': {
        run: ({ facts, details }, attempt) =>
          call(ROUTES.receiveOrderAcknowledgement, { facts: { ...facts, messageId: `855-${facts.purchaseOrder}` }, details }, attempt),
      },
      'send 856': {
        run: ({ facts, details }, attempt) => {
          const shipment = `SH${facts.purchaseOrder?.slice(2)}`;
          return call(ROUTES.receiveShipNotice, { facts: { ...facts, messageId: `856-${shipment}`, shipment }, details }, attempt);
        },
      },
    });
  },
});
