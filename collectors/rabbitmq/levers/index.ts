/** The levers of RabbitMQ: which act is done how. */
import type { HoldInPlace, HoldObservation, LeverContext, LeverRequest, LeverResult, Levers, LeverTarget } from '@/collectors/runtime/operations/levers';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { withBroker, type BrokerAccess } from './broker-access';
import { messageIdentity } from './moving/message-identity';
import { canary, planCanary } from './park/canary';
import { divert } from './park/diversion';
import { observePark, planRelease, release, unpark } from './park/park';
import { parkAction, planPark } from './park/park-plan';
import { lockedPlan, NO_CREDENTIALS, queueOf } from './plan-base';
import { replay } from './replay/replay';
import { replayEdited } from './replay/replay-edited';
import { planReplay, replayAction } from './replay/replay-plan';
import { sendingWay } from './replay/sending-way';
import { observeReroute, planRestore, reroute, restore, undoReroute } from './reroute/reroute';
import { planReroute } from './reroute/reroute-plan';
import { reroutingOf } from './reroute/rerouting';
import { letBack, observeStop, planLetBack, shut, stop } from './stop-consumers/stop';
import { NO_CANARY, planStop, stopAction } from './stop-consumers/stop-plan';
import { readTopology } from '../read-topology';

/** An observation takes no longer than two seconds; a broker that does not answer in time is unreachable. */
const OBSERVE_TIMEOUT_MS = 1_500;

export const rabbitmqLevers: Levers<'rabbitmq'> = {
  async plan(source, target, request, context) {
    if (source.levers === null) return lockedPlan(NO_CREDENTIALS);
    return withBroker(source, queueOf(target).vhost, context, (broker) => planAct(broker, target, request, context));
  },

  execute: (source, target, request, plan, run) => withBroker(source, queueOf(target).vhost, run, async (broker): Promise<LeverResult> => {
    switch (request.kind) {
      case 'pause': {
        if (request.method === 'stop-consumers') return stop(broker, run, stopAction(plan.action));
        const act = parkAction(plan.action);
        await divert(broker, run, act);
        return { sentence: `New messages of "${act.workQueue}" are parked in ${act.target}.`, moved: null, possibleDuplicates: 0, complete: true };
      }
      case 'canary': {
        const topology = await readTopology(broker.read, [broker.vhost], broker.signal);
        return canary(broker, run, parkAction(request.hold.action), request.which, messageIdentity(source, target, queueOf(target), run, topology), request.perSecond);
      }
      case 'release':
        return request.hold.method === 'stop-consumers'
          ? letBack(broker, run, stopAction(request.hold.action), request.hold.record)
          : release(broker, run, parkAction(request.hold.action), request.perSecond);
      case 'replay': {
        const act = replayAction(plan.action);
        const topology = await readTopology(broker.read, [broker.vhost], broker.signal);
        const identity = messageIdentity(source, target, queueOf(target), run, topology);
        return request.edit ? replayEdited(broker, run, act, identity, request.perSecond, request.edit) : replay(broker, run, act, sendingWay(broker, run, act), identity, request.perSecond);
      }
      case 'reroute': return reroute(broker, run, reroutingOf(plan.action), request.perSecond ?? null, async () => (
        messageIdentity(source, target, queueOf(target), run, await readTopology(broker.read, [broker.vhost], broker.signal))
      ));
      case 'restore': return restore(broker, run, request.hold, reroutingOf(request.hold.action));
    }
  }),

  undo: (source, target, request, plan, run) => withBroker(source, queueOf(target).vhost, run, async (broker) => {
    if (request.kind === 'reroute') return undoReroute(broker, run, reroutingOf(plan.action));
    if (request.kind !== 'pause') return;
    if (request.method === 'stop-consumers') await letBack(broker, run, stopAction(plan.action), run.recorded);
    else await unpark(broker, run, parkAction(plan.action));
  }),

  async observe(source, target, hold, context) {
    try {
      return await withBroker(source, queueOf(target).vhost, context, (broker) => (
        observeHold(broker, hold, context.now())
      ), OBSERVE_TIMEOUT_MS);
    } catch (error) {
      if (context.signal.aborted) throw error;
      return { state: 'unreachable', sentence: error instanceof Error ? error.message : String(error), figures: {}, outsideActs: [] };
    }
  },

  reassert: (source, target, hold, context) => withBroker(source, queueOf(target).vhost, context, async (broker) => {
    const run = { signal: context.signal, isHeld: () => true };
    if (hold.method === 'stop-consumers') await shut(broker, run, stopAction(hold.action).users);
    else await divert(broker, run, hold.method === 'bindings' ? reroutingOf(hold.action).diversion : parkAction(hold.action));
  }),
};

function observeHold(broker: BrokerAccess, hold: HoldInPlace, now: number): Promise<HoldObservation> {
  switch (hold.method) {
    case 'stop-consumers': return observeStop(broker, stopAction(hold.action));
    case 'bindings': return observeReroute(broker, hold, reroutingOf(hold.action), now);
    default: return observePark(broker, hold, parkAction(hold.action), now);
  }
}

async function planAct(broker: BrokerAccess, target: LeverTarget, request: LeverRequest, context: LeverContext): Promise<ConnectorPlan> {
  switch (request.kind) {
    case 'pause':
      if (request.method === 'stop-consumers') return planStop(broker, target, context);
      return request.method === 'park' ? planPark(broker, target, request.holdId) : lockedPlan({ code: 'no-such-method', sentence: 'A queue is held by parking new messages or by stopping its consumers.' });
    case 'canary':
      return request.hold.method === 'park' ? planCanary(broker, parkAction(request.hold.action), request.which) : lockedPlan({ code: 'no-canary', sentence: NO_CANARY });
    case 'release':
      return request.hold.method === 'stop-consumers' ? planLetBack(broker, stopAction(request.hold.action), request.hold.record) : planRelease(broker, parkAction(request.hold.action), request);
    case 'replay': return planReplay(broker, target, request, context.operationId);
    case 'reroute': return planReroute(broker, target, request, context);
    case 'restore': return planRestore(broker, request.hold, reroutingOf(request.hold.action));
  }
}
