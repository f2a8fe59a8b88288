import { channelId } from '@/server/domain/contracts/channel';
import type { HoldRow } from '@/server/services/operations/operation-rows';
import type { Json } from '@/server/domain/canonical-json';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { ContractsInForce } from '../taps/connector';
import type { BoundLevers } from './bound-levers';
import type { Engine } from './engine';
import type { HoldInPlace, LeverTarget } from './levers';

/** @throws Error with a sentence when the contract in force does not name it any more */
export function leverTarget({ flows }: ContractsInForce, flowId: string, hopId: string): LeverTarget {
  const flow = flows.find(({ metadata }) => metadata.id === flowId);
  const hop = flow?.spec.path.find(({ id }) => id === hopId);
  if (!flow || !hop) throw new Error(`No contract in force names the hop ${hopId} of flow ${flowId} any more.`);
  return { flow, hop, channel: hop.channel, channelId: channelId(hop.channel) };
}

/** @throws Error with a sentence when nothing can be done there */
export function leversOn({ levers: find }: Engine, target: LeverTarget): BoundLevers {
  const levers = find(target);
  if ('problem' in levers) throw new Error(levers.problem);
  return levers;
}

export function holdInPlace(row: HoldRow): HoldInPlace {
  const { action = null, notes = {} } = row.record as { action?: Json; notes?: Json };
  return { id: row.id, method: row.method as HoldMethod, action, record: notes, requestedAt: row.requestedAt };
}
