/** AMQP connections to one virtual host: of taps, for our own queues, and of levers, with credentials of their own. */
import { connect, type Channel, type ChannelModel } from 'amqplib';
import type { Duplex } from 'node:stream';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import { connectProblem, TapProblem } from './amqp-problem';

/**
 * Seconds. The broker gives up on a silent client after two to three of these, so a process that is stopped loses its
 * exclusive consumers within 12 s.
 */
const HEARTBEAT_S = 4;
const CONNECT_MS = 10_000;
const CLOSE_MS = 2_000;
/** Fewer frames for large bodies than the library's smaller choice. */
const FRAME_BYTES = 131_072;

const CREDENTIALS = {
  tap: { field: 'observe', without: 'The source has no user to observe with: enter one under Settings → Sources.' },
  levers: { field: 'levers', without: 'The source has no credentials for levers: enter them under Settings → Sources.' },
} as const;

/** @throws TapProblem in words */
export async function openConnection(source: ConnectedSource<'rabbitmq'>, vhost: string, purpose: keyof typeof CREDENTIALS = 'tap'): Promise<ChannelModel> {
  const { id, settings } = source;
  const { field, without } = CREDENTIALS[purpose];
  const credentials = source[field];
  if (settings.amqp === undefined) throw new TapProblem('The source has no AMQP address: there is no message tap and no lever on messages without one.', true);
  if (credentials === null) throw new TapProblem(without, true);
  const { protocol, hostname, port } = new URL(settings.amqp);
  try {
    return await connect(
      {
        protocol: protocol.slice(0, -1), hostname: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? undefined : Number(port),
        username: credentials.user, password: credentials.password, vhost: encodeURIComponent(vhost), heartbeat: HEARTBEAT_S, frameMax: FRAME_BYTES,
      },
      {
        timeout: CONNECT_MS, noDelay: true, keepAlive: true, clientProperties: { connection_name: `signalbox ${purpose} of ${id}`, product: 'Signalbox' },
        ...(settings.tls?.ca === undefined ? {} : { ca: settings.tls.ca }), ...(settings.tls?.serverName === undefined ? {} : { servername: settings.tls.serverName }),
      },
    );
  } catch (error) {
    throw connectProblem(error, settings.amqp, vhost);
  }
}

/** The answer to a close never comes when the connection closes meanwhile; the channel's own event does. */
export async function closeChannel(channel: Channel): Promise<void> {
  const closed = new Promise<void>((resolve) => { channel.once('close', resolve); });
  await Promise.race([channel.close().catch(() => undefined), closed]);
}

/** Closes in order, or cuts the connection when the broker does not answer. */
export async function closeConnection(model: ChannelModel): Promise<void> {
  const late = new Promise<void>((resolve) => { setTimeout(resolve, CLOSE_MS).unref(); });
  await Promise.race([model.close().catch(() => undefined), late]);
  cutConnection(model);
}

/** The library leaves the socket open after a frame that it cannot read; the broker would wait for heartbeats. */
export function cutConnection(model: ChannelModel): void {
  (model.connection as unknown as { stream: Duplex }).stream.destroy();
}
