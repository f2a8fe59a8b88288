/** Steps of one operation that stand in each other's way, found before anybody looks at a source. */
import type { Channel } from '../contracts/channel';
import type { HoldMethod } from './kinds';
import type { PlanLock } from './plan';

export interface PlannedStep {
  hopId: string;
  channel: Channel;
  method: HoldMethod;
  /** What its act takes for itself at the source. */
  alone?: readonly string[] | undefined;
}

/**
 * One exchange is diverted once, a flow has one gate, and a broker user is stopped once: the first of two such steps would change
 * what the second rests on.
 */
export function collidingSteps(steps: readonly PlannedStep[]): PlanLock[] {
  const first = new Map<string, string>();
  return steps.flatMap((step) => sharedParts(step).flatMap(({ key, because }) => {
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, step.hopId);
      return [];
    }
    return [{ code: 'steps-collide', sentence: `${other} and ${step.hopId} cannot be held by one operation in this way: ${because}` }];
  }));
}

function sharedParts({ channel, method, alone = [] }: PlannedStep): { key: string; because: string }[] {
  const taken = alone.map((what) => ({ key: JSON.stringify([channel.source, what]), because: `both act on ${what}, and stopping it for the first stops it for the second as well. Leave the second out: it is held with the first; or give each application a user of its own.` }));
  if (method === 'cooperative') return [...taken, { key: 'gate', because: 'a flow has one gate, which holds all of its hops that ask it. Take one of them.' }];
  if (method !== 'park' || channel.kind !== 'queue' || channel.exchange === undefined) return taken;
  return [...taken, { key: JSON.stringify([channel.source, channel.vhost, channel.exchange]), because: `both get their messages from exchange "${channel.exchange}", which is diverted once. Stop the consumers of one of them.` }];
}
