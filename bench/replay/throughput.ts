/** How fast dead letters are replayed and parked messages released, by us and by the broker's shovel, on the same broker. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import { DEAD, EXCHANGE, WORK } from '@/collectors/testing/control-room';
import { ask } from '../ingest/sides/clickhouse';
import { makeDeadLetters, publish, untilDepth } from './load/messages';
import { timeArrivals, type Arrivals } from './measure/arrivals';
import { shovel } from './peer/shovel';
import type { BenchRoom } from './room';

export type Act = 'replay' | 'release';
export type SideName = 'signalbox' | 'shovel';

export interface Run extends Arrivals {
  act: Act;
  side: SideName;
}

/** Queues that the shovel moves between: of the same types as those of the flow, and filled in the same way. */
const PEER = { exchange: 'peer.events', work: 'peer.work', dead: 'peer.dead', parked: 'peer.parked' };
const LOOK_MS = 200;
const KNOWN_WITHIN_MS = 60_000;

/** Both acts by both sides, so many rounds; who goes first alternates. */
export async function measureThroughput(room: BenchRoom, { rounds, count }: { rounds: number; count: number }, onRun: (run: Run) => void): Promise<Run[]> {
  const channel = await room.channel();
  await declarePeer(channel);
  const moves: Record<Act, Record<SideName, (name: string) => Promise<Arrivals>>> = {
    replay: { signalbox: (name) => replay(room, channel, name, count), shovel: (name) => shovelDeadLetters(room, channel, name, count) },
    release: { signalbox: (name) => release(room, channel, name, count), shovel: (name) => shovelParked(room, channel, name, count) },
  };
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const act of ['replay', 'release'] as const) {
      for (const side of round % 2 === 1 ? (['shovel', 'signalbox'] as const) : (['signalbox', 'shovel'] as const)) {
        const run: Run = { act, side, ...(await moves[act][side](`${act}-${side}-${round}`)) };
        runs.push(run);
        onRun(run);
      }
    }
  }
  return runs;
}

async function declarePeer(channel: ConfirmChannel): Promise<void> {
  await channel.assertExchange(PEER.exchange, 'topic', { durable: true });
  await channel.assertExchange(PEER.dead, 'topic', { durable: true });
  await channel.assertQueue(PEER.dead, { durable: true, arguments: { 'x-queue-type': 'classic' } });
  await channel.bindQueue(PEER.dead, PEER.dead, '#');
  await channel.assertQueue(PEER.work, { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': PEER.dead } });
  await channel.bindQueue(PEER.work, PEER.exchange, 'charge.#');
  await channel.assertQueue(PEER.parked, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
}

/** From the second person's word on, or here, where the contract asks for none, from the confirmation on. */
async function replay(room: BenchRoom, channel: ConfirmChannel, name: string, count: number): Promise<Arrivals> {
  const failedFrom = new Date(Date.now() - 3_600_000).toISOString();
  await failedMessages(room, channel, name, count);
  const begun = await room.begin({ kind: 'replay', selection: { by: 'all', failedFrom, failedUntil: new Date(Date.now() + 60_000).toISOString() }, to: 'queue', overrideUnknown: false });
  const arrivals = await timeArrivals(channel, WORK, count);
  const ended = await room.ended(begun.id);
  if (ended.state !== 'done' || ended.items.sent !== count) throw new Error(`The replay ended as ${ended.state}, with items ${JSON.stringify(ended.items)}: ${ended.summary}`);
  await channel.purgeQueue(WORK);
  return arrivals;
}

async function shovelDeadLetters(room: BenchRoom, channel: ConfirmChannel, name: string, count: number): Promise<Arrivals> {
  await makeDeadLetters(channel, PEER, name, count);
  const arrivals = await shovel({ ...room, channel }, { from: PEER.dead, to: PEER.work, count });
  await channel.purgeQueue(PEER.work);
  return arrivals;
}

async function release(room: BenchRoom, channel: ConfirmChannel, name: string, count: number): Promise<Arrivals> {
  const paused = await room.begin({ kind: 'pause', method: 'park', reviewBy: new Date(Date.now() + 3_600_000).toISOString() });
  const holdId = paused.holdId!;
  await room.holdUntil(holdId, ({ state }) => state === 'held');
  await publish(channel, EXCHANGE, name, count);
  const begun = await room.begin({ kind: 'release', holdId });
  const arrivals = await timeArrivals(channel, WORK, count);
  const ended = await room.ended(begun.id);
  if (ended.state !== 'done' || ended.progress.moved !== count) throw new Error(`The release ended as ${ended.state} after ${ended.progress.moved} messages: ${ended.summary}`);
  await channel.purgeQueue(WORK);
  return arrivals;
}

async function shovelParked(room: BenchRoom, channel: ConfirmChannel, name: string, count: number): Promise<Arrivals> {
  await channel.bindQueue(PEER.parked, PEER.exchange, 'charge.#');
  await channel.unbindQueue(PEER.work, PEER.exchange, 'charge.#');
  await publish(channel, PEER.exchange, name, count);
  await untilDepth(channel, PEER.parked, count);
  await channel.bindQueue(PEER.work, PEER.exchange, 'charge.#');
  await channel.unbindQueue(PEER.parked, PEER.exchange, 'charge.#');
  const arrivals = await shovel({ ...room, channel }, { from: PEER.parked, to: PEER.work, count });
  await channel.purgeQueue(PEER.work);
  return arrivals;
}

/** Publishes, rejects each once, and waits until our tap knows all of them as failed. */
export async function failedMessages(room: BenchRoom, channel: ConfirmChannel, name: string, count: number): Promise<void> {
  await makeDeadLetters(channel, { exchange: EXCHANGE, work: WORK, dead: DEAD }, name, count);
  const untilMs = performance.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const known = Number(await ask(room.clickhouseUrl, `SELECT count() FROM failed_messages FINAL WHERE State = 'failed'`));
    if (known >= count) return;
    if (performance.now() > untilMs) throw new Error(`After ${KNOWN_WITHIN_MS / 1000} s the tap knows ${known} of ${count} dead letters: it dropped copies, and what it does not know cannot be replayed. Run it on a machine with less to do.`);
    await pause(LOOK_MS);
  }
}
