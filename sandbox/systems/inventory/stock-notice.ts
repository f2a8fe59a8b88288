import { NOTICES } from '../../network/queues';
import type { SystemContext } from '../../runtime/system';

/** Tells whoever listens that an item runs low somewhere. Nobody has to, and nothing waits for it. */
export async function sendStockNotice({ broker }: SystemContext, facility: string, item: string): Promise<void> {
  const notice = Buffer.from(JSON.stringify({ facility, item }));
  await broker?.publisher.publish(NOTICES.exchange, `${NOTICES.event}.${facility}`, notice, { contentType: 'application/json' });
}
