import type { Pool } from 'pg';
import type { BusinessMessage } from '../network/message';
import { fact } from '../network/message';
import type { SystemId } from '../vocabulary';

/** Takes a change of the item master into a subscriber's copy; an older version never overwrites a newer one. */
export async function takeItemVersion(pool: Pool, system: SystemId, message: BusinessMessage): Promise<void> {
  await pool.query(
    `INSERT INTO ${system}.item AS known (item_code, version) VALUES ($1, $2)
     ON CONFLICT (item_code) DO UPDATE SET version = excluded.version, changed_at = now() WHERE known.version < excluded.version`,
    [fact(message, 'item'), fact(message, 'itemVersion')],
  );
}
