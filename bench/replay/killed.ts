/** What a replay does not know of its own items after its collectors were killed in the middle. */
import { setTimeout as pause } from 'node:timers/promises';
import { WORK } from '@/collectors/testing/control-room';
import type { CollectorProcess } from '@/collectors/testing/collector-process';
import { failedMessages } from './throughput';
import type { BenchRoom } from './room';

export interface Killed {
  /** How many had arrived when the process was gone. */
  arrived: number;
  unknown: number;
}

const COUNT = 2_000;
const LOOK_MS = 5;

/** @returns with the collectors that run in the end */
export async function killInTheMiddle(room: BenchRoom, former: CollectorProcess, name: string): Promise<Killed & { collectors: CollectorProcess }> {
  const channel = await room.channel();
  const failedFrom = new Date(Date.now() - 3_600_000).toISOString();
  await failedMessages(room, channel, name, COUNT);
  const { id } = await room.begin({ kind: 'replay', selection: { by: 'all', failedFrom, failedUntil: new Date(Date.now() + 60_000).toISOString() }, to: 'queue', overrideUnknown: false });
  const arrived = async () => (await channel.checkQueue(WORK)).messageCount;
  while ((await arrived()) < COUNT / 4) await pause(LOOK_MS);
  await former.kill();
  const atTheKill = await arrived();
  if (atTheKill >= COUNT) throw new Error('The replay was over before its collectors were killed.');
  const collectors = await room.startCollectors();
  const { state, items, summary } = await room.ended(id);
  const unknown = items.unknown ?? 0;
  if ((items.sent ?? 0) + unknown !== COUNT) throw new Error(`The replay ended as ${state}, with items ${JSON.stringify(items)}: ${summary}`);
  const inTheEnd = await arrived();
  if (inTheEnd !== COUNT) throw new Error(`Of ${COUNT} dead letters, ${inTheEnd} have arrived.`);
  await channel.purgeQueue(WORK);
  return { arrived: atTheKill, unknown, collectors };
}
