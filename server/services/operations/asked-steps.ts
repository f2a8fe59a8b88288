/** The channels of an operation over several, checked before anybody looks at a source. */
import { instantWords } from '@/server/domain/instant-words';
import { isOver, type HoldState } from '@/server/domain/operations/hold-states';
import { METHOD_WORDS, PAUSE_METHODS, type HoldMethod } from '@/server/domain/operations/kinds';
import type { RequestOf } from '@/server/domain/operations/request';
import { uuidv7 } from '@/server/domain/ids';
import type { Database } from '@/server/store/postgres';
import { invalidField, Refusal } from '../refusal';
import { flowTarget, type FlowTarget } from './flow-target';
import { loadHold } from './operation-rows';

export interface AskedStep {
  hopId: string;
  sourceId: string;
  channelId: string;
  method: HoldMethod;
  holdId: string;
}

/**
 * The steps of a pause in the order of acting, each with the hold that it will make.
 *
 * @throws Refusal not-found for a hop that the flow does not have; invalid for a method of another technology, or a channel named twice
 */
export async function pauseSteps(db: Database, request: RequestOf<'pause'>, first: FlowTarget, now: Date): Promise<AskedStep[]> {
  const steps = [stepOn(first, request.method, uuidv7(now.getTime()))];
  for (const [index, { hopId, method }] of (request.further ?? []).entries()) {
    const target = await flowTarget(db, request.flowId, hopId);
    checkMethod(`further.${index}.method`, method, target);
    const twice = steps.find(({ channelId }) => channelId === target.channelId);
    if (twice) throw invalidField(`further.${index}.hopId`, `${target.channelId} is named twice (hops ${twice.hopId} and ${hopId}); name each channel once`);
    steps.push(stepOn(target, method, uuidv7(now.getTime())));
  }
  return steps;
}

/**
 * The steps of a release in the order of acting: holds that one operation made.
 *
 * @throws Refusal not-found; invalid for a hold of another operation, or named twice; conflict for one that is over
 */
export async function releaseSteps(db: Database, request: RequestOf<'release'>): Promise<AskedStep[]> {
  if (request.ramp !== undefined) throw invalidField('further', 'a ramp acts on one hold: leave the others for later, or release them together without a ramp');
  const first = await loadHold(db, request.holdId);
  const holds = [first];
  for (const [index, id] of (request.further ?? []).entries()) {
    const hold = await loadHold(db, id);
    if (hold.openedBy !== first.openedBy) throw invalidField(`further.${index}`, `is a hold of another operation than hold ${first.id}; release it by itself`);
    if (holds.some((one) => one.id === hold.id)) throw invalidField(`further.${index}`, 'is named twice');
    if (isOver(hold.state as HoldState)) throw new Refusal('conflict', `The hold at ${hold.hopId} is over since ${hold.overAt === null ? 'a while' : instantWords(hold.overAt)}; leave it out.`);
    holds.push(hold);
  }
  return holds.map(({ hopId, sourceId, channelId, method, id }) => ({ hopId, sourceId, channelId, method: method as HoldMethod, holdId: id }));
}

/** @throws Refusal invalid that names the field and the methods that there are */
export function checkMethod(field: string, method: HoldMethod, { channel }: FlowTarget): void {
  const methods: readonly HoldMethod[] = PAUSE_METHODS[channel.kind];
  if (!methods.includes(method)) throw invalidField(field, `"${METHOD_WORDS[method].name}" does not exist for a ${channel.kind}; use ${methods.join(' or ')}`);
}

function stepOn({ hop, sourceId, channelId }: FlowTarget, method: HoldMethod, holdId: string): AskedStep {
  return { hopId: hop.id, sourceId, channelId, method, holdId };
}
