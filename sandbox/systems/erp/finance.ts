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
