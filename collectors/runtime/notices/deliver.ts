/** Empties the outbox: each channel by itself and in order, so that one that hangs delays no other. */
import { channelSecret } from '@/server/domain/notices/channel-secret';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { claimDelivery, dueDeliveries, enabledChannels, settleDelivery, type ChannelRow } from '@/server/services/notices/deliver-notices';
import type { Database } from '@/server/store/postgres';
import { postWebhook } from './post-webhook';

export interface Delivering {
  db: Database;
  box: SecretBox;
  now: () => Date;
  signal: AbortSignal;
  timeoutMs?: number;
}

/** One pass over all channels. What a receiver does not take is noted with the reason, and tried again later. */
export async function deliverNotices(context: Delivering): Promise<void> {
  await Promise.all((await enabledChannels(context.db)).map((channel) => deliverTo(channel, context)));
}

async function deliverTo(channel: ChannelRow, { db, box, now, signal, timeoutMs }: Delivering): Promise<void> {
  for (const seen of await dueDeliveries(db, channel.id, now())) {
    if (signal.aborted) return;
    const claimed = await claimDelivery(db, seen, now());
    if (!claimed) continue;
    const error = await send(claimed).catch((cause: unknown) => (cause instanceof Error ? cause.message : String(cause)));
    // What was broken off by our own end is taken up again when the claim has run out.
    if (signal.aborted && error !== null) return;
    await settleDelivery(db, claimed, error, now());
    // The next ones would fare no better: they are due at the next pass.
    if (error !== null) return;
  }

  async function send({ id, payload }: { id: string; payload: unknown }): Promise<string | null> {
    const secret = channelSecret(box, channel);
    return postWebhook({ url: channel.url, secret, delivery: id, body: JSON.stringify(payload) }, { now: now(), signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }
}
