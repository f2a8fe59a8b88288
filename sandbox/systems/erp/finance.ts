import type { BusinessMessage } from '../../network/message';
import { fact } from '../../network/message';
import type { SystemContext } from '../../runtime/system';

/** Books a settlement journal; a batch that is already booked stays as it is. */
export async function bookJournal({ pool }: SystemContext, message: BusinessMessage): Promise<void> {
  await pool.query(
    'INSERT INTO erp.gl_journal (batch, facility_code, payer_code, amount) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [fact(message, 'journal'), fact(message, 'facility'), fact(message, 'payer'), fact(message, 'amount')],
  );
}

/** Takes used items out of stock; a usage line counts once. */
export async function issueStock({ pool }: SystemContext, message: BusinessMessage): Promise<void> {
  await pool.query(
    `INSERT INTO erp.stock_issue (usage_line, facility_code, item_code, quantity, amount)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [fact(message, 'usageLine'), fact(message, 'facility'), fact(message, 'item'), message.details['quantity'], fact(message, 'amount')],
  );
}

/** A booked journal by the message that brought it, `JRN-<batch>`. */
export async function findJournal({ pool }: SystemContext, reference: string): Promise<object | undefined> {
  const { rows } = await pool.query('SELECT batch, amount::text, recorded_at AS "recordedAt" FROM erp.gl_journal WHERE batch = $1', [reference.replace(/^JRN-/, '')]);
  return rows[0] as object | undefined;
}

/** A booked issue by its usage line. */
export async function findIssue({ pool }: SystemContext, usageLine: string): Promise<object | undefined> {
  const { rows } = await pool.query(
    'SELECT usage_line AS "usageLine", quantity, amount::text, recorded_at AS "recordedAt" FROM erp.stock_issue WHERE usage_line = $1', [usageLine],
  );
  return rows[0] as object | undefined;
}

/** The accounting period, e.g. `2026-03`; the fault closes it. */
export async function currentPeriod({ faults }: SystemContext): Promise<object> {
  return { period: new Date().toISOString().slice(0, 7), status: faults.isOn('period-closed') ? 'closed' : 'open' };
}
