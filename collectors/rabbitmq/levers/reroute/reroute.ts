/** Reroutes, measures what went where, and restores. */
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { REROUTE_FIGURES } from '@/server/domain/operations/reroute-figures';
import type { HoldInPlace, HoldObservation, LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { lookAtBroker } from '../look-at-broker';
import type { MessageIdentity } from '../moving/message-identity';
import { makeOwnExchange, removeOwnExchange } from '../moving/own-exchange';
import { divert, hasExchange, isDiverted, isGroundGone, missingBindings, missingOnTarget, removeDiversion, undivert, undoDiversion } from '../park/diversion';
import { commonLocks, plainly, planOf } from '../plan-base';
import { mustHold } from '../pace';
import { imbalance } from './counting';
import { leadOnWaiting } from './lead-on-waiting';
import { baselineOf, grown, totals, totalsOf, type Totals } from './reroute-totals';
import { primaryOf, type Rerouting } from './rerouting';

/** @param identity made only where something that waits goes along */
export async function reroute(broker: BrokerAccess, run: LeverRun, what: Rerouting, perSecond: number | null, identity: () => Promise<MessageIdentity>): Promise<LeverResult> {
  const { diversion: act, over } = what;
  if (!totals.safeParse(run.recorded).success) {
    const baseline = await baselineOf(broker, what);
    mustHold(run);
    await run.remember(plainly(baseline));
  }
  const result = (sentence: string, parts: Partial<LeverResult> = {}): LeverResult => ({ sentence, moved: null, possibleDuplicates: 0, complete: true, ...parts });
  if (over === null) {
    await divert(broker, run, act);
    return result(`New messages go to "${act.target}" instead of "${act.workQueue}".`);
  }
  if (over.waiting === 'stays') {
    await divert(broker, run, act);
    return result(`New messages of these go to "${act.target}"; what waits in the hold, and everything else, stays held.`);
  }
  if ((await (await broker.amqp()).look(act.target)) === null) throw new LeverError(`Queue "${act.target}" of the alternate does not exist any more. Nothing more was sent.`);
  const own = { out: act.names.out, back: `${act.names.out}.back` };
  await makeOwnExchange(broker, run, { ...own, queue: act.target, returnTo: act.workQueue });
  const both = { act, held: over.diversion };
  const known = await identity();
  // A former life may have led new messages on already: then that is finished, whatever is asked for now.
  if (!(await isDiverted(broker, act)) && (await missingBindings(broker, act)) === 0) {
    const { sent, isStopped } = await leadOnWaiting(broker, run, both, known, { perSecond, until: 'nearly-none' });
    if (isStopped) {
      await removeOwnExchange(broker, run, own);
      return result(`Stopped after ${sent} messages that were held went to "${act.target}". Everything else stays held, and so do new messages.`, { moved: sent, complete: false, inPlace: false });
    }
  }
  await divert(broker, run, act);
  const { sent, isStopped, isTooMuch } = await leadOnWaiting(broker, run, both, known, { perSecond, until: 'none' });
  await removeOwnExchange(broker, run, own);
  const rest = isStopped || isTooMuch ? `the others that waited${isTooMuch ? ', too much by now to be looked through,' : ''} and everybody else stay held` : 'everything else stays held';
  return result(`${isStopped ? 'Stopped. ' : ''}New messages of these go to "${act.target}", and ${sent} that waited in the hold went there; ${rest}.`, { moved: sent, complete: !isStopped });
}

export async function planRestore(broker: BrokerAccess, hold: HoldInPlace, what: Rerouting): Promise<ConnectorPlan> {
  const { diversion: act, over } = what;
  const [sight, received] = await Promise.all([lookAtBroker(broker), receivedSince(broker, hold, what)]);
  const hasWorkQueue = sight.topology.queues.some((queue) => queue.vhost === act.vhost && queue.name === act.workQueue);
  const isGone = over !== null && (!hasWorkQueue || !sight.topology.exchanges.some(({ vhost, name }) => vhost === act.vhost && name === act.exchange));
  return planOf({
    steps: isGone ? [`Take the policy ${act.names.exchange} away and delete our exchange: the hold that the reroute lay over is gone.`] : [
      `Bind "${act.workQueue}" to exchange "${act.exchange}" again with its former keys${over === null ? '' : ': from that instant on, new messages are held with the others'}.`,
      `Take the policy ${act.names.exchange} away and delete our exchange.`,
    ],
    receivers: isGone ? [] : [act.workQueue],
    guarantee: { delivery: 'exactly-once', order: 'Each queue keeps the order in which messages enter it.', survivesRestart: 'Yes.', inFlight: `What is in "${act.target}" stays there.` },
    willNot: [`No message is taken back from "${act.target}".`, ...(over === null ? [] : [`Nothing goes to "${over.diversion.workQueue}" before the hold is released.`])],
    warnings: [`"${act.target}" received ${received.alternate ?? 'an unknown number of'} messages meanwhile: decide whether to leave, void or send them again.`],
    locks: [
      ...commonLocks(broker.source, sight, ['policymaker', 'administrator']),
      ...(hasWorkQueue || over !== null ? [] : [{ code: 'no-destination', sentence: `Queue "${act.workQueue}" does not exist any more.` }]),
    ],
    undo: 'Reroute again.', estimatedSeconds: 2, topology: plainly({ workQueue: hasWorkQueue, isGone }), action: plainly({ kind: 'restore', diversion: act }),
  });
}

export async function restore(broker: BrokerAccess, run: LeverRun, hold: HoldInPlace, what: Rerouting): Promise<LeverResult> {
  const { diversion: act, over } = what;
  const received = await receivedSince(broker, hold, what);
  const meanwhile = `"${act.target}" received ${received.alternate ?? 'an unknown number of'} messages meanwhile.`;
  const done = (sentence: string): LeverResult => ({ sentence: `${sentence} ${meanwhile}`, moved: null, possibleDuplicates: 0, complete: true });
  if (over !== null && (await isGroundGone(broker, act))) {
    await removeDiversion(broker, run, act);
    return done('The hold that it lay over is gone; nothing is rerouted any more.');
  }
  await undivert(broker, run, act);
  if (over !== null) await removeOwnExchange(broker, run, { out: act.names.out, back: `${act.names.out}.back` });
  return done(over === null ? `New messages go to "${act.workQueue}" again.` : 'New messages are held with the others again.');
}

/** Takes back what an interrupted reroute left; what went to the alternate from a hold stays there, as the journal says. */
export async function undoReroute(broker: BrokerAccess, run: LeverRun, { diversion: act, over }: Rerouting): Promise<void> {
  if (over !== null) await removeOwnExchange(broker, run, { out: act.names.out, back: `${act.names.out}.back` });
  if (over !== null && (await isGroundGone(broker, act))) await removeDiversion(broker, run, act);
  else await undoDiversion(broker, run, act);
}

/** @param now epoch milliseconds */
export async function observeReroute(broker: BrokerAccess, hold: HoldInPlace, what: Rerouting, now: number): Promise<HoldObservation> {
  const { diversion: act, counting, over } = what;
  const { workQueue } = primaryOf(what);
  const connection = await broker.amqp();
  if (over !== null && !(await hasExchange(broker, act.exchange))) {
    return { state: 'leaking', sentence: `The hold that it lay over is gone: nothing leads messages to "${act.target}" any more. Restore it, so that nothing of it is left.`, figures: {}, outsideActs: [`Somebody deleted ${act.exchange}.`] };
  }
  const [missing, unled, inForce, primary, alternate, current, held] = await Promise.all([
    missingBindings(broker, act), missingOnTarget(broker, act), isDiverted(broker, act), connection.look(workQueue), connection.look(act.target), totalsOf(broker, what), over === null ? null : connection.look(act.workQueue),
  ]);
  const began = totals.safeParse(hold.record).data;
  const since = sinceThen(began, current);
  const unbalanced = began === undefined ? null : await imbalance(broker, hold.id, counting, { since: began, current, now });
  const words = (value: number | null) => (value === null ? 'unknown' : String(value));
  const figures = {
    entered: words(since.entered), 'to the primary': words(since.primary), [REROUTE_FIGURES.toAlternate]: words(since.alternate),
    'waiting at the primary': words(primary?.ready ?? null), 'waiting at the alternate': words(alternate?.ready ?? null),
    ...(over === null ? {} : { 'still held': words(held?.ready ?? null) }),
    [REROUTE_FIGURES.consumersAtPrimary]: words(primary?.consumers ?? null),
    ...(unbalanced === null ? {} : { [unbalanced.kind]: String(unbalanced.messages) }),
  };
  const outsideActs = [
    ...(inForce ? [] : [`Somebody removed or outranked the policy ${act.names.exchange} on exchange "${act.exchange}".`]),
    ...(missing === act.bindings.length ? [] : [`Somebody bound "${act.workQueue}" to exchange "${act.exchange}" again.`]),
    ...(alternate && inForce && unled > 0 ? [`Somebody unbound "${act.target}" from our exchange ${act.names.exchange}.`] : []),
    ...(alternate ? [] : [`Somebody deleted queue "${act.target}".`]),
  ];
  const say = (state: HoldObservation['state'], sentence: string): HoldObservation => ({ state, sentence, figures, outsideActs });
  const neither = `reach neither "${act.workQueue}" nor "${act.target}"`;
  const back = over === null ? `go to "${act.workQueue}" again` : 'are held again';
  if (missing === 0) return say('dropped', `Messages ${back}.`);
  if (missing < act.bindings.length) return say('leaking', `Some messages ${back}.`);
  if (!alternate) return say('leaking', `Messages ${neither}: they are lost as unroutable. Restore at once.`);
  // Nothing that anybody could want: put back by the watch, within a second or two.
  if (!inForce) return say('dropped', `Messages ${neither}: they are lost as unroutable until the policy is in force again.`);
  if (unled > 0) return say('dropped', `${unled === act.bindings.length ? 'Messages' : 'Some messages'} ${neither}, which is not bound to ${act.names.exchange} any more: they are lost as unroutable until it is.`);
  if (unbalanced?.kind === 'missing') return say('leaking', `${unbalanced.messages} of ${unbalanced.of} messages that entered exchange "${primaryOf(what).exchange}" for this flow reached no queue, which figures that lag cannot explain: ${words(since.primary)} went to "${workQueue}" and ${words(since.alternate)} to "${act.target}". Look whether "${act.target}" is still bound to ${act.names.exchange}, or restore.`);
  if (unbalanced?.kind === 'doubled') return say('leaking', `Queues got ${unbalanced.messages} messages more than entered exchange "${primaryOf(what).exchange}": some went to more than one. Look what else is bound to it, or restore.`);
  if (!since.alternate) return say('active', `New messages go to "${act.target}"; ${since.alternate === null ? 'how many is not known' : 'none has been counted there yet'}.${heldWords(held)}`);
  return say('active', `Messages go to "${act.target}": ${since.alternate} so far, and ${words(since.primary)} to "${workQueue}".${heldWords(held)}`);
}

function heldWords(held: { ready: number } | null): string {
  return held === null ? '' : ` ${held.ready} ${held.ready === 1 ? 'stays' : 'stay'} held.`;
}

/** Differences since it began; null where the broker counts anew since, or not at all. The statistics are some seconds old. */
async function receivedSince(broker: BrokerAccess, hold: Pick<HoldInPlace, 'record'>, what: Rerouting): Promise<Pick<Totals, 'entered' | 'primary' | 'alternate'>> {
  return sinceThen(totals.safeParse(hold.record).data, await totalsOf(broker, what));
}

function sinceThen(began: Totals | undefined, current: Totals): Pick<Totals, 'entered' | 'primary' | 'alternate'> {
  return { entered: grown(began?.entered, current.entered), primary: grown(began?.primary, current.primary), alternate: grown(began?.alternate, current.alternate) };
}
