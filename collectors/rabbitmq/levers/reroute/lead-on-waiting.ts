/** What waits in the hold that a reroute lies over: those messages that it takes go to the alternate, the others stay held. */
import type { ConsumeMessage } from 'amqplib';
import type { LeverRun } from '@/collectors/runtime/operations/levers';
import { carbonCopies } from '../../messages/read-copy';
import { bindingIdentity, bindingTakes, type BindingRule } from '../../messages/routing';
import type { BrokerAccess } from '../broker-access';
import { readQueueNow } from '../look-at-broker';
import { fitsIntoMemory } from '../moving/held-in-memory';
import type { MessageIdentity } from '../moving/message-identity';
import { moveChosen } from '../moving/move-chosen';
import { BATCH } from '../moving/move-in-order';
import type { Diversion } from '../park/diversion';

/** Of one look through the queue: their bodies are in memory until they are sent. */
const MOST_AT_ONCE = 20_000;
/** Brokers take a message back that is not settled for half an hour, so at a rate no look lasts longer than this. */
const LOOK_SECONDS = 60;

export interface LedOn {
  sent: number;
  isStopped: boolean;
  /** What is held has become too much to look through at once. */
  isTooMuch: boolean;
}

/**
 * In their order, as often through the queue as it takes.
 *
 * @param act from the hold's queue (`workQueue`) to that of the alternate @param held the hold's own, with all of its keys
 * @param until `nearly-none`: new ones still come in, and fewer than a batch of them were left at the last look
 */
export async function leadOnWaiting(broker: BrokerAccess, run: LeverRun, { act, held }: { act: Diversion; held: Diversion }, identity: MessageIdentity, { perSecond, until }: { perSecond: number | null; until: 'nearly-none' | 'none' }): Promise<LedOn> {
  const led = new Set(act.bindings.map(bindingIdentity));
  const stays = held.bindings.filter((rule) => !led.has(bindingIdentity(rule)));
  const atOnce = perSecond === null ? MOST_AT_ONCE : Math.min(MOST_AT_ONCE, perSecond * LOOK_SECONDS);
  let sent = 0;
  for (;;) {
    const isTooMuch = !fitsIntoMemory(await readQueueNow(broker, act.workQueue));
    if (isTooMuch || run.stopRequested()) return { sent, isStopped: run.stopRequested(), isTooMuch };
    const pass = await moveChosen(broker, run, {
      from: act.workQueue, to: act.names.out, queue: act.target, alike: 'goes', most: Number.MAX_SAFE_INTEGER, atOnce, perSecond,
      choose: (message) => (isTaken(act, stays, message) ? identity.ofMessage(message) : null),
      moved: (total) => run.progress({ sentence: `Sent ${total} that were held on to "${act.target}"`, moved: total }),
    });
    const { found, isStopped } = pass;
    sent = pass.sent;
    if (isStopped || found === 0 || (until === 'nearly-none' && found < Math.min(BATCH, atOnce))) return { sent, isStopped: isStopped || run.stopRequested(), isTooMuch: false };
  }
}

/** As the exchanges route what comes: what fits another key of the hold, too, reaches its queue and never gets further. */
function isTaken({ exchangeType, bindings }: Diversion, stays: readonly BindingRule[], { fields, properties }: ConsumeMessage): boolean {
  const headers = (properties.headers ?? {}) as Record<string, unknown>;
  const keys = [fields.routingKey, ...carbonCopies(headers)];
  const fits = (rules: readonly BindingRule[]) => rules.some((rule) => bindingTakes(exchangeType, rule, keys, headers));
  return fits(bindings) && !fits(stays);
}
