import { untilMs } from '../../network/durations';
import type { BusinessMessage } from '../../network/message';
import { fact } from '../../network/message';
import { waitBetween } from '../../runtime/active-faults';
import { putOnAgenda } from '../../runtime/agenda';
import type { SystemContext } from '../../runtime/system';
import type { SystemId } from '../../vocabulary';
import { inTransaction } from '../../runtime/transaction';

const SLOW_PAYER_MS = [12_000, 18_000] as const;
const SLOW_PAYER_MULTIPLE = 4;

/**
 * Passes a claim on to its payer by one of the clearinghouses, and puts the payer's answers on the agenda: 999, 277CA and, once adjudicated, 835.
 * A control number counts once.
 */
export async function takeClaim({ pool, settings, faults }: SystemContext, clearinghouse: SystemId, message: BusinessMessage): Promise<void> {
  const claim = fact(message, 'claim');
  const payer = fact(message, 'payer');
  const isSlow = faults.isOn('slow-payer', payer);
  if (isSlow) await waitBetween(...SLOW_PAYER_MS);
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO ${clearinghouse}.claim (control_number, payer_code, charged) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [claim, payer, fact(message, 'amount')],
    );
    if (rowCount === 0) return;
    const until = (step: 'claimAcknowledged' | 'claimAccepted' | 'remitted') =>
      untilMs(step, settings.seed, claim, settings.factor) * (isSlow ? SLOW_PAYER_MULTIPLE : 1);
    await putOnAgenda(client, clearinghouse, 'send 999', message, until('claimAcknowledged'));
    await putOnAgenda(client, clearinghouse, 'send 277CA', message, until('claimAccepted'));
    await putOnAgenda(client, clearinghouse, 'send 835', message, until('remitted'));
  });
}
