import type { Channel, ChannelModel } from 'amqplib';
import { connect } from 'amqplib';
import { createOutageLog } from './outage-log';

const FIRST_RECONNECT_MS = 500;
const LONGEST_RECONNECT_MS = 10_000;

/** Where the broker listens, as telemetry tells it. */
export interface BrokerAddress {
  address: string;
  port: number;
}

export function brokerAddress(url: string): BrokerAddress {
  const { hostname, port, protocol } = new URL(url);
  return { address: hostname, port: Number(port || (protocol === 'amqps:' ? 5671 : 5672)) };
}

/** What lives as long as one connection does, and is made anew on the next. */
export interface ConnectionPart {
  setUp(connection: OpenConnection): Promise<void>;
  /** The connection is gone. */
  tearDown(): void;
}

export interface OpenConnection {
  /** Opens a channel; should the broker close it, the connection starts anew, because only that brings all parts back. */
  open<C extends Channel>(by: (model: ChannelModel) => Promise<C>): Promise<C>;
}

/**
 * A connection to the broker that comes back by itself.
 * @param name what the broker's own pages call it
 */
export function keepConnected(url: string, name: string, part: ConnectionPart): { stop(): void } {
  const { address, port } = brokerAddress(url);
  const outages = createOutageLog(`${name} at the broker ${address}:${port}`);

  async function setUp(model: ChannelModel): Promise<void> {
    await part.setUp({
      async open(by) {
        const channel = await by(model);
        channel.on('error', outages.failed);
        channel.on('close', () => void model.close().catch(() => undefined));
        return channel;
      },
    });
  }

  const connecting = connect(url, {
    noDelay: true,
    clientProperties: { connection_name: name },
    recovery: { waitForConnect: false, initialDelay: FIRST_RECONNECT_MS, maxDelay: LONGEST_RECONNECT_MS, setup: setUp },
  }).then((connection) => {
    connection.on('connect', outages.succeeded);
    connection.on('connect-failed', (error) => {
      part.tearDown();
      outages.failed(error);
    });
    connection.on('disconnect', (error) => {
      part.tearDown();
      outages.failed(error);
    });
    connection.on('error', outages.failed);
    return connection;
  });
  return { stop: () => void connecting.then((connection) => connection.close()).catch(() => undefined) };
}
