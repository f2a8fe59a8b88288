import { INTERFACES } from '../../network/interfaces';
import type { BusinessMessage } from '../../network/message';
import { detail, fact } from '../../network/message';
import { enqueue } from '../../runtime/interface-table';
import type { SystemContext } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/** Books a charge and, with the last charge of an account, bills it: the claim goes to the integration engine. */
export async function bookCharge(context: SystemContext, message: BusinessMessage): Promise<void> {
  const claim = fact(message, 'claim');
  await inTransaction(context.pool, async (client) => {
    // Charges of one account arrive side by side; the lock lets exactly one of them see that it is the last.
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [claim]);
    await client.query('INSERT INTO billing.charge (charge_id, control_number, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      fact(message, 'charge'), claim, fact(message, 'amount'),
    ]);
    const { rows } = await client.query<{ booked: string; charged: string }>(
      'SELECT count(*) AS booked, sum(amount)::text AS charged FROM billing.charge WHERE control_number = $1',
      [claim],
    );
    const account = rows[0];
    if (account === undefined || account.booked !== detail(message, 'chargesOfClaim')) return;
    const { rowCount } = await client.query(
      `INSERT INTO billing.claim (control_number, payer_code, charged, status) VALUES ($1, $2, $3, 'SUBMITTED') ON CONFLICT DO NOTHING`,
      [claim, fact(message, 'payer'), account.charged],
    );
    if (rowCount === 0) return;
    await enqueue(context, client, INTERFACES.claim, 'clearinghouse', {
      facts: {
        messageId: `837-${detail(message, 'serial')}`,
        claim,
        facility: fact(message, 'facility'),
        department: fact(message, 'department'),
        payer: fact(message, 'payer'),
        amount: account.charged,
        currency: 'USD',
      },
      details: { charges: account.booked },
    });
  });
}
