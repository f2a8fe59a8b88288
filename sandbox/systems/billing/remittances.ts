import { INTERFACES } from '../../network/interfaces';
import type { BusinessMessage } from '../../network/message';
import { fact } from '../../network/message';
import { enqueue } from '../../runtime/interface-table';
import type { SystemContext } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/** Loads a remittance and queues it for posting; a trace number counts once. */
export async function loadRemittance(context: SystemContext, message: BusinessMessage): Promise<void> {
  const remittance = fact(message, 'remittance');
  await inTransaction(context.pool, async (client) => {
    const { rowCount } = await client.query(
      'INSERT INTO billing.remittance (trace_number, control_number, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [remittance, fact(message, 'claim'), fact(message, 'amount')],
    );
    if (rowCount === 0) return;
    await enqueue(context, client, INTERFACES.remittancePosting, 'billing', {
      facts: { ...message.facts, messageId: `PST-${remittance}` },
      details: message.details,
    });
  });
}

/** Posts a remittance to its account and hands the settlement to the general ledger; it is posted once. */
export async function postRemittance(context: SystemContext, message: BusinessMessage): Promise<void> {
  const remittance = fact(message, 'remittance');
  const claim = fact(message, 'claim');
  await inTransaction(context.pool, async (client) => {
    const { rowCount } = await client.query(
      'UPDATE billing.remittance SET posted_at = now() WHERE trace_number = $1 AND posted_at IS NULL',
      [remittance],
    );
    if (rowCount === 0) return;
    await client.query(`UPDATE billing.claim SET status = 'PAID', paid = $2 WHERE control_number = $1`, [claim, fact(message, 'amount')]);
    const journal = `GL${remittance.slice(3)}`;
    await enqueue(context, client, INTERFACES.journal, 'erp', {
      facts: { ...message.facts, messageId: `JRN-${journal}`, journal },
      details: {},
    });
  });
}

/** A posted remittance by the message that asked for its posting, `PST-<trace number>`. */
export async function findPosting({ pool }: SystemContext, reference: string): Promise<object | undefined> {
  const { rows } = await pool.query(
    'SELECT trace_number AS remittance, amount::text, posted_at AS "postedAt" FROM billing.remittance WHERE trace_number = $1 AND posted_at IS NOT NULL',
    [reference.replace(/^PST-/, '')],
  );
  return rows[0] as object | undefined;
}
