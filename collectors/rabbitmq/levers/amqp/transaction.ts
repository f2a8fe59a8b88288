/**
 * AMQP transactions on one channel: what was published and acknowledged since the last commit is applied by the broker at
 * the commit, all of it, or, when we are gone before it arrived, none of it. The client library has no method for it, but its
 * channels can be asked for any reply to any request; the numbers are those of the protocol (class 90).
 */
import type { Channel } from 'amqplib';

const SELECT = 0x5a_000a;
const SELECT_OK = 0x5a_000b;
const COMMIT = 0x5a_0014;
const COMMIT_OK = 0x5a_0015;
const ROLLBACK = 0x5a_001e;
const ROLLBACK_OK = 0x5a_001f;

interface Asking {
  rpc(method: number, fields: object, expected: number): Promise<unknown>;
}

function asking(channel: Channel): Asking {
  const it = channel as unknown as Partial<Asking>;
  if (typeof it.rpc !== 'function') throw new TypeError('The AMQP library is another version than the one that transactions can be made with.');
  return it as Asking;
}

/** From here on, publishes and acknowledgements of this channel wait for `commit`. */
export async function beginTransactions(channel: Channel): Promise<void> {
  await asking(channel).rpc(SELECT, {}, SELECT_OK);
}

/** Resolves when every queue has taken what was published, as with confirms. */
export async function commit(channel: Channel): Promise<void> {
  await asking(channel).rpc(COMMIT, {}, COMMIT_OK);
}

/** Forgets what was published since the last commit; what was acknowledged is not, and can be again. */
export async function rollback(channel: Channel): Promise<void> {
  await asking(channel).rpc(ROLLBACK, {}, ROLLBACK_OK);
}
