/** An exchange of ours that leads to one queue, with the routing key kept, and back where nothing takes it. */
import { ManagementError } from '../../management/management-error';
import { readBindingsFrom } from '../../read-topology';
import type { BrokerAccess } from '../broker-access';
import { mustHold } from '../pace';
import type { LeverRun } from '@/collectors/runtime/operations/levers';

/**
 * Straight through the default exchange, consumers would see another key. A message that the queue does not take, because
 * somebody deleted it, goes through `back` to where it came from: nothing is ever lost on the way.
 *
 * @param back an exchange that leads to `returnTo`
 */
export async function makeOwnExchange(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, { out, queue, back, returnTo }: { out: string; queue: string; back: string; returnTo: string }): Promise<void> {
  mustHold(run);
  const connection = await broker.amqp();
  await connection.once(async (channel) => {
    await channel.assertExchange(back, 'fanout', { durable: true });
    await channel.bindQueue(returnTo, back, '');
    await channel.assertExchange(out, 'fanout', { durable: true, alternateExchange: back });
    await channel.bindQueue(queue, out, '');
  });
}

/** Whether what is sent through it reaches the queue still, and does not come back. @throws ManagementError */
export async function leadsTo({ read, vhost, signal }: BrokerAccess, out: string, queue: string): Promise<boolean> {
  const bindings = await readBindingsFrom(read, vhost, out, signal).catch((error: unknown) => {
    if (error instanceof ManagementError && error.problem === 'not-found') return [];
    throw error;
  });
  return bindings.some(({ destinationType, destination }) => destinationType === 'queue' && destination === queue);
}

export async function removeOwnExchange(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, { out, back }: { out: string; back: string }): Promise<void> {
  mustHold(run);
  const connection = await broker.amqp();
  await connection.once(async (channel) => {
    await channel.deleteExchange(out);
    await channel.deleteExchange(back);
  });
}
