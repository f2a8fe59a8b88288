import { INTERFACES } from '../../network/interfaces';
import type { BusinessMessage } from '../../network/message';
import { detail, fact } from '../../network/message';
import { enqueue } from '../../runtime/interface-table';
import type { SystemContext } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/** Turns a requisition into a purchase order and hands that to the integration engine; a requisition is ordered once. */
export async function orderRequisition(context: SystemContext, message: BusinessMessage): Promise<void> {
  const requisition = fact(message, 'requisition');
  const purchaseOrder = `PO${requisition.slice(2)}`;
  await inTransaction(context.pool, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO erp.purchase_order (po_number, requisition, facility_code, supplier_code, item_code, quantity, amount, status)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'RELEASED') ON CONFLICT DO NOTHING`,
      [
        purchaseOrder, requisition, fact(message, 'facility'), fact(message, 'supplier'), fact(message, 'item'),
        detail(message, 'quantity'), fact(message, 'amount'),
      ],
    );
    if (rowCount === 0) return;
    await enqueue(context, client, INTERFACES.purchaseOrder, 'suppliers', {
      facts: { ...message.facts, messageId: `850-${purchaseOrder}`, purchaseOrder },
      details: message.details,
    });
  });
}

/** Notes that the supplier has acknowledged an order. */
export async function acknowledgeOrder({ pool }: SystemContext, message: BusinessMessage): Promise<void> {
  await pool.query(`UPDATE erp.purchase_order SET status = 'ACKNOWLEDGED' WHERE po_number = $1 AND status = 'RELEASED'`, [
    fact(message, 'purchaseOrder'),
  ]);
}

/** Books a goods receipt; a receipt number counts once. */
export async function receiveGoods({ pool }: SystemContext, message: BusinessMessage): Promise<void> {
  const purchaseOrder = fact(message, 'purchaseOrder');
  await inTransaction(pool, async (client) => {
    await client.query('INSERT INTO erp.goods_receipt (receipt_number, po_number) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      fact(message, 'receipt'), purchaseOrder,
    ]);
    await client.query(`UPDATE erp.purchase_order SET status = 'RECEIVED' WHERE po_number = $1`, [purchaseOrder]);
  });
}

/** What has become of a requisition. */
export async function findRequisition({ pool }: SystemContext, requisition: string): Promise<object | undefined> {
  const { rows } = await pool.query('SELECT requisition, po_number AS "purchaseOrder", status FROM erp.purchase_order WHERE requisition = $1', [requisition]);
  return rows[0] as object | undefined;
}

/** How far an order is. */
export async function findOrder({ pool }: SystemContext, purchaseOrder: string): Promise<object | undefined> {
  const { rows } = await pool.query('SELECT po_number AS "purchaseOrder", status FROM erp.purchase_order WHERE po_number = $1', [purchaseOrder]);
  return rows[0] as object | undefined;
}

/** A booked receipt by the message that brought it, `GRN-<receipt number>`. */
export async function findReceipt({ pool }: SystemContext, reference: string): Promise<object | undefined> {
  const { rows } = await pool.query(
    'SELECT receipt_number AS receipt, po_number AS "purchaseOrder" FROM erp.goods_receipt WHERE receipt_number = $1', [reference.replace(/^GRN-/, '')],
  );
  return rows[0] as object | undefined;
}
