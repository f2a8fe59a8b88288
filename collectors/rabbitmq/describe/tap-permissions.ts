/**
 * Finds out what the message tap may do, by asking for things that do not exist: the broker checks the permission first
 * and the existence second, so nothing is made, bound or consumed, whatever the answer.
 */
import { randomUUID } from 'node:crypto';
import type { Channel, ChannelModel } from 'amqplib';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import { closeConnection, openConnection } from '../messages/open-connection';

export interface TapPermissions {
  /** Why there is no AMQP connection; null when there is one. */
  problem: string | null;
  /** On queues that begin with `signalbox.tap.`; null: not found out. */
  configure: boolean | null;
  write: boolean | null;
  read: boolean | null;
  /** Read on these exchanges, which a binding needs. */
  exchanges: ReadonlyMap<string, boolean | null>;
}

const REFUSED = 403;
const NOT_FOUND = 404;

/** @param exchanges names to ask for */
export async function probeTapPermissions(source: ConnectedSource<'rabbitmq'>, vhost: string, exchanges: readonly string[], signal: AbortSignal): Promise<TapPermissions> {
  const unknown = { configure: null, write: null, read: null, exchanges: new Map(exchanges.map((name) => [name, null])) };
  let model: ChannelModel;
  try {
    model = await openConnection(source, vhost);
  } catch (error) {
    return { ...unknown, problem: error instanceof Error ? error.message : String(error) };
  }
  // The connection's own errors show as failed questions.
  model.on('error', () => undefined);
  const cut = () => { void closeConnection(model); };
  signal.addEventListener('abort', cut, { once: true });
  try {
    const nowhere = `signalbox.tap.probe-${randomUUID()}`;
    const configure = await isAllowed(model, (channel) => channel.deleteQueue(nowhere));
    const read = await isAllowed(model, (channel) => channel.consume(nowhere, () => undefined));
    let write: boolean | null = null;
    const readable = new Map<string, boolean | null>();
    for (const exchange of exchanges) {
      const refusal = await refusalOf(model, (channel) => channel.bindQueue(nowhere, exchange, 'signalbox.probe'));
      if (refusal === undefined) {
        readable.set(exchange, null);
        continue;
      }
      // Write on the queue is checked before read on the exchange.
      const isOfQueue = refusal?.includes(`queue '${nowhere}'`) ?? false;
      write = !isOfQueue;
      // Topic permissions refuse our made-up key; whether they allow those of contracts is not known.
      const isOfTopic = refusal?.includes('access to topic') ?? false;
      readable.set(exchange, isOfQueue || isOfTopic ? null : refusal === null);
    }
    return { problem: null, configure, write, read, exchanges: readable };
  } catch (error) {
    return { ...unknown, problem: error instanceof Error ? error.message : String(error) };
  } finally {
    signal.removeEventListener('abort', cut);
    await closeConnection(model);
  }
}

async function isAllowed(model: ChannelModel, act: (channel: Channel) => Promise<unknown>): Promise<boolean | null> {
  const refusal = await refusalOf(model, act);
  return refusal === undefined ? null : refusal === null;
}

/** The broker's words when it refuses; null when it would have allowed it; undefined when its answer says neither. */
async function refusalOf(model: ChannelModel, act: (channel: Channel) => Promise<unknown>): Promise<string | null | undefined> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  try {
    await act(channel);
    await channel.close();
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === REFUSED) return error instanceof Error ? error.message : '';
    return code === NOT_FOUND ? null : undefined;
  }
}
