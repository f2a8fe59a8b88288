/** Channels that can be held, without a technology behind: for tests of what the runtime makes of levers. */
import type { Json } from '@/server/domain/canonical-json';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { BoundLevers } from '../bound-levers';
import type { HoldObservation, LeverTarget } from '../levers';

export type Verb = 'plan' | 'execute' | 'observe' | 'undo';

export interface TestChannel {
  held: boolean;
  waiting: string;
  unsettled: string | null;
  locks: PlanLock[];
  /** Part of what a plan rests on. */
  version: number;
  /** Instead of what is so. */
  seen: HoldObservation['state'] | null;
  /** What a connector remembered, as it was given back to it. */
  recorded: Json;
}

export interface ChannelWorld {
  channel(hopId: string): TestChannel;
  levers: BoundLevers;
  /** Acts in order, e.g. `execute outbox`; looks are left out. */
  acts: string[];
  /** Called before and after each verb; what it throws comes out of the verb. */
  at: ((verb: Verb, hopId: string, when: 'before' | 'after') => void | Promise<void>) | null;
}

const ACT: ConnectorPlan = {
  steps: ['Hold it.'], receivers: [], guarantee: { delivery: 'exactly-once', order: 'kept', survivesRestart: 'yes', inFlight: 'worked off' }, willNot: [], warnings: [], locks: [],
  waiting: '0', unsettled: '0', limits: [], canary: null, nativeCommands: [{ what: 'See', command: 'look' }], undo: 'Release it.', estimatedSeconds: 1, topology: {}, action: {},
};

export function channelWorld(): ChannelWorld {
  const channels = new Map<string, TestChannel>();
  const channel = (hopId: string) => {
    const known = channels.get(hopId) ?? { held: false, waiting: '0', unsettled: '0', locks: [], version: 1, seen: null, recorded: null };
    channels.set(hopId, known);
    return known;
  };
  const world: ChannelWorld = { channel, acts: [], at: null, levers: null as never };
  const verb = async <T>(name: Verb, { hop }: LeverTarget, work: (own: TestChannel) => T | Promise<T>): Promise<T> => {
    await world.at?.(name, hop.id, 'before');
    const answer = await work(channel(hop.id));
    if (name === 'execute' || name === 'undo') world.acts.push(`${name} ${hop.id}`);
    await world.at?.(name, hop.id, 'after');
    return answer;
  };
  world.levers = {
    plan: (target) => verb('plan', target, ({ waiting, unsettled, locks, version }) => ({ ...ACT, waiting, unsettled, locks, topology: { version }, action: { on: target.hop.id } })),
    execute: (target, request, _, run) => verb('execute', target, async (own) => {
      own.recorded = run.recorded;
      await run.remember({ by: run.fence.toString() });
      own.held = request.kind === 'pause';
      return { sentence: request.kind === 'pause' ? 'It is closed.' : 'It is open.', moved: null, possibleDuplicates: 0, complete: true };
    }),
    undo: (target, _request, _plan, run) => verb('undo', target, (own) => {
      own.recorded = run.recorded;
      own.held = false;
    }),
    observe: (target) => verb('observe', target, (own) => ({ state: own.seen ?? (own.held ? 'held' : 'dropped'), sentence: own.held ? 'Nothing passes.' : 'Everything passes.', figures: {}, outsideActs: [] })),
    reassert: () => Promise.resolve(),
  };
  return world;
}
