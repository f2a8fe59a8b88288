/** Steps of one operation that stand in each other's way, found before anybody looks at a source. */
import type { Channel } from '../contracts/channel';
import type { HoldMethod } from './kinds';
import type { PlanLock } from './plan';

export interface PlannedStep {
  hopId: string;
  channel: Channel;
  method: HoldMethod;
}

/** One exchange is diverted once, and a flow has one gate: the first of two such steps would change what the second rests on. */
export function collidingSteps(steps: readonly PlannedStep[]): PlanLock[] {
  const first = new Map<string, string>();
  return steps.flatMap((step) => {
    const shared = sharedPart(step);
    if (shared === null) return [];
    const other = first.get(shared.key);
    if (other === undefined) {
      first.set(shared.key, step.hopId);
      return [];
    }
    return [{ code: 'steps-collide', sentence: `${other} and ${step.hopId} cannot be held by one operation in this way: ${shared.because}` }];
  });
}

function sharedPart({ channel, method }: PlannedStep): { key: string; because: string } | null {
  if (method === 'cooperative') return { key: 'gate', because: 'a flow has one gate, which holds all of its hops that ask it. Take one of them.' };
  if (method !== 'park' || channel.kind !== 'queue' || channel.exchange === undefined) return null;
  return { key: JSON.stringify([channel.source, channel.vhost, channel.exchange]), because: `both get their messages from exchange "${channel.exchange}", which is diverted once. Stop the consumers of one of them.` };
}
