import { INTERFACES } from '../../network/interfaces';
import type { BusinessMessage } from '../../network/message';
import { detail, fact } from '../../network/message';
import { Failure } from '../../runtime/failure';
import { handOver } from '../../runtime/hand-over';
import type { SystemContext } from '../../runtime/system';
import { inTransaction } from '../../runtime/transaction';

/** Books a charge and, with the last charge of an account, bills it: the claim goes to the integration engine. */
export async function bookCharge(context: SystemContext, message: BusinessMessage): Promise<void> {
  const claim = fact(message, 'claim');
  await refuseRejected(context, message);
  await inTransaction(context.pool, async (client) => {
    // Charges of one account arrive side by side; the lock lets exactly one of them see that it is the last.
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [claim]);
    await client.query(
      `INSERT INTO billing.charge AS booked (charge_id, control_number, amount) VALUES ($1, $2, $3)
       ON CONFLICT (charge_id) DO UPDATE SET times_booked = booked.times_booked + 1`,
      [fact(message, 'charge'), claim, fact(message, 'amount')],
    );
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
    await handOver(context, client, INTERFACES.claim, 'clearinghouse', {
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

/** What billing does not take: charges of a payer that rejects them, and of accounts that are voided, also those before. */
async function refuseRejected({ pool, faults }: SystemContext, message: BusinessMessage): Promise<void> {
  const [claim, payer] = [fact(message, 'claim'), fact(message, 'payer')];
  if (faults.isOn('payer-charges-rejected', payer)) throw new Failure('CHARGE_REJECTED', `Payer ${payer} takes no charges at the moment`, 422);
  if (faults.isOn('accounts-voided', payer)) await pool.query('INSERT INTO billing.voided_account (control_number) VALUES ($1) ON CONFLICT DO NOTHING', [claim]);
  if (await isVoided(pool, claim)) throw new Failure('ACCOUNT_VOIDED', 'The account of the charge is voided', 422);
}

async function isVoided(pool: SystemContext['pool'], claim: string): Promise<boolean> {
  return (await pool.query('SELECT FROM billing.voided_account WHERE control_number = $1', [claim])).rowCount === 1;
}

/** A booked charge by its id. */
export async function findCharge({ pool }: SystemContext, charge: string): Promise<object | undefined> {
  const { rows } = await pool.query('SELECT charge_id AS charge, amount::text, recorded_at AS "recordedAt" FROM billing.charge WHERE charge_id = $1', [charge]);
  return rows[0] as object | undefined;
}

/** An account that has charges or was voided. */
export async function findAccount({ pool }: SystemContext, account: string): Promise<object | undefined> {
  const { rows } = await pool.query<{ charges: number }>('SELECT count(*)::int AS charges FROM billing.charge WHERE control_number = $1', [account]);
  const charges = rows[0]?.charges ?? 0;
  const voided = await isVoided(pool, account);
  return charges > 0 || voided ? { account, charges, voided } : undefined;
}
