/** The queues that contracts in force name in one source. */
import { channelId, type QueueChannel } from '@/server/domain/contracts/channel';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';

export interface ContractQueue {
  channelId: string;
  vhost: string;
  name: string;
  /** What a contract calls the dead-letter queue of another one. */
  holdsDeadLetters: boolean;
}

/** Work queues, alternates and dead-letter queues, each once. */
export function contractQueues(sourceId: string, flows: readonly FlowContract[]): ContractQueue[] {
  const found = new Map<string, ContractQueue>();
  for (const { spec } of flows) {
    const channels = [...spec.path, ...(spec.reroute?.alternates ?? [])].map(({ channel }) => channel);
    for (const channel of channels) {
      if (channel.kind !== 'queue' || channel.source !== sourceId) continue;
      const add = (name: string, holdsDeadLetters: boolean) => {
        const id = queueChannelId(sourceId, channel.vhost, name);
        found.set(id, { channelId: id, vhost: channel.vhost, name, holdsDeadLetters: holdsDeadLetters || (found.get(id)?.holdsDeadLetters ?? false) });
      };
      add(channel.name, false);
      if (channel.deadLetter) add(channel.deadLetter.queue, true);
    }
  }
  return [...found.values()];
}

export function queueChannelId(source: string, vhost: string, name: string): string {
  const channel: QueueChannel = { kind: 'queue', source, vhost, name };
  return channelId(channel);
}
