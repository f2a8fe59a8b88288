/** Parks, releases and looks at what is parked. */
import { z } from 'zod';
import { FIGURES_LAG_MS, type HoldInPlace, type HoldObservation, type LeverRequest, type LeverResult, type LeverRun } from '@/collectors/runtime/operations/levers';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { REROUTED_FROM_HOLD } from '@/server/domain/operations/hold-layers';
import { apiPath } from '../../management/management-client';
import { isDiversion } from '../../own-names';
import type { BrokerAccess, LeverConnection } from '../broker-access';
import { LeverError } from '../lever-problem';
import { lookAtBroker, readParked, readQueueNow } from '../look-at-broker';
import { lockedPlan, commonLocks, planOf, plainly } from '../plan-base';
import { mustHold } from '../pace';
import { sampleQueue } from '../sample-queue';
import { makeOwnExchange, removeOwnExchange } from '../moving/own-exchange';
import { moveInOrder } from '../moving/move-in-order';
import { limitLocks } from '../moving/queue-limits';
import { diversionOver, isDiverted, missingBindings, missingOnTarget, undoDiversion, type Diversion } from './diversion';

const progressOf = z.object({ released: z.number().int() }).catch({ released: 0 });

export async function planRelease(broker: BrokerAccess, act: Diversion, request: Extract<LeverRequest, { kind: 'release' }>): Promise<ConnectorPlan> {
  const { target, workQueue, exchange } = act;
  const { perSecond } = request;
  const [sight, parked, atWork, statistics] = await Promise.all([lookAtBroker(broker), readParked(broker, target), readParked(broker, workQueue), perSecond === null ? null : readQueueNow(broker, target)]);
  const incoming = statistics?.incomingPerSecond ?? null;
  const work = sight.topology.queues.find((queue) => queue.vhost === act.vhost && queue.name === workQueue);
  const hasWorkQueue = work !== undefined;
  const limits = limitLocks(work, { going: parked?.ready ?? null, ready: atWork?.ready ?? null, perSecond });
  const over = sight.topology.exchanges.find(({ vhost, name }) => vhost === act.vhost && name === act.names.exchange)?.alternateExchange ?? null;
  const locks = [
    ...commonLocks(broker.source, sight, ['policymaker', 'administrator']),
    ...(over !== null && isDiversion(over) ? [{ code: 'rerouted-from-hold', sentence: REROUTED_FROM_HOLD }] : []),
    ...(hasWorkQueue ? [] : [{ code: 'no-destination', sentence: `Queue "${workQueue}" does not exist any more. Declare it again; what is parked stays parked.` }]),
    ...limits.locks,
  ];
  if (parked === null && locks.length === 0) return lockedPlan({ code: 'park-queue-gone', sentence: `Our queue ${target} does not exist any more: somebody deleted it, and what was parked in it is lost. Bind "${workQueue}" again with the commands of the hold.` });
  const waiting = parked?.ready ?? null;
  return planOf({
    steps: [
      `Send what is parked on to "${workQueue}", oldest first${request.perSecond === null ? '' : `, ${request.perSecond} per second`}, through an exchange of ours that leads to this one queue. Routing keys, properties and headers stay as they are.`,
      `Bind "${workQueue}" to exchange "${exchange}" again and take the policy away. New messages go straight to the queue from then on.`,
      'Send on what was parked in the meantime, then delete our queue and exchanges.',
    ],
    receivers: [workQueue],
    guarantee: {
      delivery: 'exactly-once', order: 'Parked messages keep their order. At the switch back, those that were parked just before it (fewer than 400) may arrive after the first that go straight to the queue.',
      survivesRestart: 'A collector that dies in the middle leaves no message out and sends none twice. A broker that is stopped in order loses nothing; one whose node loses its power in the middle of a commit may lose or double that batch (at most 200).',
      inFlight: 'At most 200 messages are in one transaction.',
    },
    warnings: [...limits.warnings, ...(perSecond === null ? [] : [endWords(perSecond, incoming)])],
    willNot: ['No other queue receives anything.', 'Consumers see the name of our exchange instead of the original one.'],
    locks, waiting: waiting === null ? null : String(waiting), estimatedSeconds: secondsOf(waiting, perSecond, incoming),
    undo: 'A release cannot be undone; it can be stopped, and what is still parked stays parked.',
    topology: plainly({ workQueue: hasWorkQueue }), action: plainly({ kind: 'release', diversion: act }),
  });
}

/** Null where it is not known, and where it never ends. */
function secondsOf(waiting: number | null, perSecond: number | null, incoming: number | null): number | null {
  if (waiting === null) return null;
  const net = (perSecond ?? 2_000) - (perSecond === null ? 0 : incoming ?? 0);
  return net <= 0 ? null : Math.ceil(waiting / net) + 2;
}

function endWords(perSecond: number, incoming: number | null): string {
  if (incoming === null) return 'A rate below that at which new messages come in never ends: it goes on until you stop it.';
  return incoming >= perSecond
    ? `At ${perSecond} per second it never ends: ${incoming.toFixed(1)} per second come in now. Release more per second than that, or without a rate.`
    : `${incoming.toFixed(1)} per second come in now. Should it become ${perSecond} or more, the release goes on until you stop it.`;
}

export async function release(broker: BrokerAccess, run: LeverRun, act: Diversion, perSecond: number | null, canBeStopped = true): Promise<LeverResult> {
  const { target, workQueue, names } = act;
  const connection = await broker.amqp();
  const before = progressOf.parse(run.recorded).released;
  let released = before;
  if ((await connection.look(workQueue)) === null) throw new LeverError(`Queue "${workQueue}" does not exist any more. Declare it again; what is parked stays parked.`);
  if ((await connection.look(target)) === null) {
    // A former life finished, but for telling so; or somebody deleted our queue.
    if (!(await isDiverted(broker, act)) && before > 0) return done(before);
    throw new LeverError(`Our queue ${target} does not exist any more: somebody deleted it, and what was parked in it is lost. Undo the hold to bind "${workQueue}" again.`);
  }
  const own = { out: names.out, back: `${names.out}.back` };
  if ((await diversionOver(broker, act)) !== null) throw new LeverError(REROUTED_FROM_HOLD);
  await makeOwnExchange(broker, run, { ...own, queue: workQueue, returnTo: target });
  const move = async (rate: number | null, until: 'empty' | 'nearly-empty') => {
    const base = released;
    const moved = await moveInOrder(broker, run, {
      from: target, to: names.out, queue: workQueue, perSecond: rate, until, canBeStopped,
      moved: (total, left) => {
        released = base + total;
        run.progress({ sentence: `Released ${released}`, moved: released, ...(left === undefined ? {} : { left }) });
      },
    });
    mustHold(run);
    await run.remember({ released });
    return moved;
  };
  if (!(await move(perSecond, 'nearly-empty')).isDone) return { sentence: `Stopped after ${released} messages; the rest stays parked.`, moved: released, possibleDuplicates: 0, complete: false };
  await undoDiversion(broker, run, act);
  if (!(await move(perSecond, 'empty')).isDone) return { sentence: `New messages go straight to "${workQueue}" again. Stopped after ${released} messages; the rest stays parked.`, moved: released, possibleDuplicates: 0, complete: false };
  await removeOwnExchange(broker, run, own);
  mustHold(run);
  await deleteEmpty(connection, act);
  await broker.write.delete(apiPath`policies/${act.vhost}/${names.queuePolicy}`, 'the policy of our queue', broker.signal);
  return done(released);

  function done(moved: number): LeverResult {
    return { sentence: `Released ${moved} parked messages in order; new ones go straight to "${workQueue}".`, moved, possibleDuplicates: 0, complete: true };
  }
}

/** Nothing leads into our queue any more, so empty it stays. Brokers refuse the condition for quorum queues and close the connection. */
async function deleteEmpty(connection: LeverConnection, { target, targetType }: Diversion): Promise<void> {
  const rest = (await connection.look(target))?.ready ?? 0;
  if (rest > 0) throw new LeverError(`${rest} messages came back into ${target} while it was released: "${target}" is kept. Release again.`);
  await connection.once((channel) => channel.deleteQueue(target, targetType === 'quorum' ? {} : { ifEmpty: true }));
}

/** Takes a hold back that was left half done, or whole: what was parked so far is sent on. */
export async function unpark(broker: BrokerAccess, run: LeverRun, act: Diversion): Promise<void> {
  await undoDiversion(broker, run, act);
  const connection = await broker.amqp();
  if ((await connection.look(act.target)) !== null) await release(broker, run, act, null, false);
  else await broker.write.delete(apiPath`policies/${act.vhost}/${act.names.queuePolicy}`, 'the policy of our queue', broker.signal);
}

/**
 * Held: nothing new can reach the queue, and nothing waits in it, so nothing more is delivered. What consumers had taken
 * before is past the hold; how much of it is not acknowledged yet only the broker's statistics know, seconds later, so it is
 * told and not waited for.
 */
export async function observePark(broker: BrokerAccess, hold: HoldInPlace, act: Diversion, now: number): Promise<HoldObservation> {
  const { target, workQueue, exchange, names } = act;
  const connection = await broker.amqp();
  const [missing, unled, inForce, work, parked, statistics] = await Promise.all([
    missingBindings(broker, act), missingOnTarget(broker, act), isDiverted(broker, act), connection.look(workQueue), connection.look(target), readQueueNow(broker, workQueue),
  ]);
  const figures: Record<string, string> = {
    // What lay in a queue that is gone is gone with it.
    parked: String(parked?.ready ?? 0), ...(work ? { waiting: String(work.ready), consumers: String(work.consumers) } : {}),
    // Whoever had taken something and is gone has given it back.
    ...(work ? { unacknowledged: work.consumers === 0 ? '0' : String(statistics?.unacked ?? 'unknown') } : {}),
  };
  const outsideActs = [
    ...(inForce ? [] : [`Somebody removed or outranked the policy ${names.exchange} on exchange "${exchange}".`]),
    ...(missing === act.bindings.length ? [] : [`Somebody bound "${workQueue}" to exchange "${exchange}" again.`]),
    ...(parked ? [] : [`Somebody deleted our queue ${target}: what was parked in it is lost.`]),
    ...(parked && inForce && unled > 0 ? [`Somebody unbound our queue ${target} from our exchange ${names.exchange}, or deleted that.`] : []),
    ...(work ? [] : [`Somebody deleted queue "${workQueue}".`]),
  ];
  const say = (state: HoldObservation['state'], sentence: string): HoldObservation => ({ state, sentence, figures, outsideActs });
  // Put back it would lead nowhere: that is for people.
  if (!work) return say('leaking', `Queue "${workQueue}" does not exist any more: what waited in it is lost, and ${parked ? `${parked.ready} parked messages` : 'what is parked'} can go nowhere. Declare it again, then release the hold.`);
  if (!parked) return say('dropped', `Our queue ${target} is gone.`);
  if (missing < act.bindings.length) return say(missing === 0 ? 'dropped' : 'leaking', `Queue "${workQueue}" is bound to exchange "${exchange}" again: messages reach it.`);
  if (!inForce) return say('dropped', `Queue "${workQueue}" is off exchange "${exchange}", but nothing parks its messages: they are lost as unroutable until the hold is back in place.`);
  if (unled > 0) return say('dropped', `${unled === act.bindings.length ? 'Messages' : 'Some messages'} reach neither "${workQueue}" nor our queue ${target}: they are lost as unroutable.`);
  // One look at an empty queue proves little; where something waits, it is enough.
  const looks = work.ready === 0 ? await sampleQueue(connection, workQueue, broker.signal) : [work];
  const rest = Math.max(0, ...(looks ?? []).map(({ ready }) => ready));
  if (rest > 0) return say('draining', `New messages are parked; ${rest} still wait in "${workQueue}" and are worked off.`);
  return say('held', `New messages are parked, and nothing waits in "${workQueue}".${takenBefore()}`);

  function takenBefore(): string {
    if ((work?.consumers ?? 0) === 0) return '';
    if (now - hold.requestedAt.getTime() <= FIGURES_LAG_MS) return ' What its consumers had taken before, they finish.';
    const unacked = statistics?.unacked ?? null;
    if (unacked === null) return ' How much its consumers have not acknowledged yet is not known.';
    return unacked === 0 ? '' : ` ${unacked} that its consumers had taken before are not acknowledged yet.`;
  }
}
