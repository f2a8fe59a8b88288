/**
 * The applications of the benchmark, in a process of their own: one publisher with confirms and one consumer with
 * acknowledgements. Takes `{ exchange, queue, count }` as messages; answers seconds from the first publish to the last confirm.
 */
import { connectAmqp } from '@/scripts/testing/amqp';
import { LOADER_AMQP_URL, type PublishAnswer, type PublishOrder } from './publisher';

/** Publishes that may wait for their confirm. */
const WINDOW = 500;
const BODY = Buffer.from(JSON.stringify({ claim: { number: 'C-000001', payer: 'ACME', lines: Array.from({ length: 20 }, (_, line) => ({ line, code: '99213', amount: '125.00' })) } }));

const connection = await connectAmqp(process.env[LOADER_AMQP_URL] ?? '');
const consumer = await connection.createChannel();
await consumer.prefetch(500);
const consumed = new Set<string>();

process.on('message', (order: PublishOrder) => void publish(order));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function publish({ exchange, queue, count }: PublishOrder): Promise<void> {
  if (!consumed.has(queue)) {
    consumed.add(queue);
    await consumer.consume(queue, (message) => message && consumer.ack(message));
  }
  const channel = await connection.createConfirmChannel();
  const startedAt = performance.now();
  let confirmed = 0;
  let sent = 0;
  await new Promise<void>((resolve) => {
    const fill = () => {
      while (sent < count && sent - confirmed < WINDOW) {
        const number = sent++;
        channel.publish(exchange, `claim.f${number % 40}.new`, BODY, {
          messageId: `m-${number}`, contentType: 'application/json', persistent: true,
          headers: { 'x-payer': `P${number % 400}`, 'x-facility': `F${number % 200}`, 'x-amount': '2500.00', 'x-claim': `C-${number}` },
        }, () => {
          confirmed++;
          if (confirmed === count) resolve();
          else fill();
        });
      }
    };
    fill();
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await channel.close();
  process.send?.({ seconds, bytes: BODY.length } satisfies PublishAnswer);
}
