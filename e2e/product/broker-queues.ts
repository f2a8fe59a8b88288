import { connect } from 'amqplib';
import { sandboxBroker } from './declared-sources';

/** How many messages wait in a queue of the sandbox's broker now, by the broker itself and not by its late statistics. */
export async function waitingIn(queue: string): Promise<number> {
  const { amqp, vhost, user, password } = sandboxBroker();
  const { hostname, port } = new URL(amqp);
  const connection = await connect({ protocol: 'amqp', hostname, port: Number(port), vhost, username: user, password });
  try {
    return (await (await connection.createChannel()).checkQueue(queue)).messageCount;
  } finally {
    await connection.close();
  }
}

/** Names of the broker's queues that begin like this, in no particular order. */
export async function queuesNamed(beginning: string): Promise<string[]> {
  const { management, vhost, user, password } = sandboxBroker();
  const response = await fetch(`${management}/api/queues/${encodeURIComponent(vhost)}?columns=name`, { headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` }, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`The broker answered ${response.status} when its queues were listed.`);
  return ((await response.json()) as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith(beginning));
}
