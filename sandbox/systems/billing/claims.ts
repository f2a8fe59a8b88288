import type { BusinessMessage } from '../../network/message';
import { fact } from '../../network/message';
import type { SystemContext } from '../../runtime/system';

/** Notes that the clearinghouse has received a claim (999 accepted). */
export async function noteReceived({ pool }: SystemContext, message: BusinessMessage): Promise<void> {
  await pool.query(`UPDATE billing.claim SET status = 'RECEIVED' WHERE control_number = $1 AND status = 'SUBMITTED'`, [fact(message, 'claim')]);
}

/** Notes that the payer has accepted a claim into adjudication (277CA A2). */
export async function noteAccepted({ pool }: SystemContext, message: BusinessMessage): Promise<void> {
  await pool.query(
    `UPDATE billing.claim SET status = 'ACCEPTED' WHERE control_number = $1 AND status IN ('SUBMITTED', 'RECEIVED')`,
    [fact(message, 'claim')],
  );
}
