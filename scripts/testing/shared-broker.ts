import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRabbitMq, type RunningRabbitMq } from '../engines/rabbitmq';

/**
 * Starts a RabbitMQ when the first suite asks for it, and answers each with how to reach it: suites run in processes of their
 * own, a node takes seconds of processor time to start, and many runs need none.
 *
 * @returns where to ask; `500` with a sentence when there is no RabbitMQ on this machine
 */
export async function offerBroker(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  let starting: Promise<RunningRabbitMq> | null = null;
  const server = createServer((_, response) => {
    starting ??= startRabbitMq({ dataDir, admin: { user: 'admin', password: randomBytes(18).toString('hex') } });
    starting.then(
      ({ config }) => response.setHeader('content-type', 'application/json').end(JSON.stringify(config)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await starting?.then((node) => node.stop(0), () => undefined);
    },
  };
}
