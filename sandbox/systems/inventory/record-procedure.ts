import { SpanKind } from '@opentelemetry/api';
import type { ClientBase } from 'pg';
import { INTERFACES } from '../../network/interfaces';
import { decimalOf } from '../../network/money';
import type { Procedure, UsageLine } from '../../network/procedures';
import { procedureAt } from '../../network/procedures';
import { randomAt } from '../../network/random';
import { handOver } from '../../runtime/hand-over';
import { sendStockNotice } from './stock-notice';
import { takePosition } from '../../runtime/stream-cursor';
import type { SystemContext } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/**
 * Records the network's next procedure: what was used goes to the ERP, what is chargeable to billing, and what ran
 * low is requested again.
 */
export async function recordNextProcedure(context: SystemContext): Promise<void> {
  await context.telemetry.inSpan({ name: 'record procedure', kind: SpanKind.INTERNAL, attributes: {} }, () =>
    inTransaction(context.pool, async (client) => {
      const procedure = procedureAt(context.settings.seed, await takePosition(client, 'procedure'));
      for (const line of procedure.lines) {
        await sendUsage(context, client, procedure, line);
        await sendCharge(context, client, procedure, line);
        await replenish(context, client, procedure, line);
      }
    }),
  );
}

function sendUsage(context: SystemContext, client: ClientBase, procedure: Procedure, line: UsageLine): Promise<void> {
  return handOver(context, client, INTERFACES.usage, 'erp', {
    facts: {
      messageId: `USE-${line.number}`,
      usageLine: line.number,
      facility: procedure.facility,
      department: procedure.department,
      supplier: line.item.supplier,
      item: line.item.code,
      amount: decimalOf(line.costCents),
      currency: 'USD',
    },
    details: { quantity: String(line.quantity), usedAt: new Date().toISOString() },
  });
}

async function sendCharge(context: SystemContext, client: ClientBase, procedure: Procedure, line: UsageLine): Promise<void> {
  if (line.chargeCents === null) return;
  const chargeable = procedure.lines.filter((candidate) => candidate.chargeCents !== null).length;
  await handOver(context, client, INTERFACES.charge, 'billing', {
    facts: {
      messageId: `CHG-${line.number}`,
      charge: `CH${line.number.slice(2)}`,
      usageLine: line.number,
      claim: procedure.claim,
      facility: procedure.facility,
      department: procedure.department,
      payer: procedure.payer,
      item: line.item.code,
      amount: decimalOf(line.chargeCents),
      currency: 'USD',
    },
    details: { chargesOfClaim: String(chargeable), serial: procedure.serial },
  });
}

async function replenish(context: SystemContext, client: ClientBase, procedure: Procedure, line: UsageLine): Promise<void> {
  const { item, quantity } = line;
  // Locations start somewhere between two orders, or a new network would order nothing for minutes and then everything.
  const start = randomAt(context.settings.seed, 'stock', `${procedure.facility}/${item.code}`).between(0, item.reorderQuantity - 1);
  const { rows } = await client.query<{ consumed: number }>(
    `INSERT INTO inventory.location_stock AS stock (facility_code, item_code, consumed_since_order)
     VALUES ($1, $2, $3::int + $4::int)
     ON CONFLICT (facility_code, item_code) DO UPDATE SET consumed_since_order = stock.consumed_since_order + $4::int
     RETURNING consumed_since_order AS consumed`,
    [procedure.facility, item.code, start, quantity],
  );
  const consumed = rows[0]?.consumed ?? 0;
  if (consumed < item.reorderQuantity) return;
  await client.query(
    'UPDATE inventory.location_stock SET consumed_since_order = 0 WHERE facility_code = $1 AND item_code = $2',
    [procedure.facility, item.code],
  );
  await sendStockNotice(context, procedure.facility, item.code);
  const requisition = `RQ${line.number.slice(2)}`;
  await handOver(context, client, INTERFACES.replenishment, 'erp', {
    facts: {
      messageId: `REQ-${requisition}`,
      requisition,
      usageLine: line.number,
      facility: procedure.facility,
      department: procedure.department,
      supplier: item.supplier,
      item: item.code,
      amount: decimalOf(item.unitCostCents * consumed),
      currency: 'USD',
    },
    details: { quantity: String(consumed) },
  });
}
