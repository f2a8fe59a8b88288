import { channelId, SOURCE_KIND_OF_CHANNEL, type Channel } from '@/server/domain/contracts/channel';
import type { FlowContract, FlowHop } from '@/server/domain/contracts/flow-schema';
import type { Database } from '@/server/store/postgres';
import { rememberedContracts } from '../contracts/remembered-contracts';
import { Refusal } from '../refusal';

/** The channel of a hop of a flow in force: what levers act on. */
export interface FlowTarget {
  flow: FlowContract;
  hop: FlowHop;
  channel: Channel;
  channelId: string;
  sourceId: string;
  sourceKind: (typeof SOURCE_KIND_OF_CHANNEL)[Channel['kind']];
}

/** @throws Refusal not-found when no contract in force names the flow, or the flow has no such hop */
export async function flowTarget(db: Database, flowId: string, hopId: string): Promise<FlowTarget> {
  const { set } = await rememberedContracts(db);
  const flow = set.flows.find(({ metadata }) => metadata.id === flowId && metadata.lifecycle !== 'retired');
  if (!flow) throw new Refusal('not-found', `Flow "${flowId}" was not found: no contract in force has this id.`);
  const hop = flow.spec.path.find(({ id }) => id === hopId);
  if (!hop) throw new Refusal('not-found', `Flow "${flowId}" has no hop "${hopId}"; it has ${flow.spec.path.map(({ id }) => id).join(', ')}.`);
  const { channel } = hop;
  return { flow, hop, channel, channelId: channelId(channel), sourceId: channel.source, sourceKind: SOURCE_KIND_OF_CHANNEL[channel.kind] };
}
