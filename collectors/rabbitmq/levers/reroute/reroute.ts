/** Reroutes, measures what went where, and restores. */
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { REROUTE_FIGURES } from '@/server/domain/operations/reroute-figures';
import type { HoldInPlace, HoldObservation, LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import type { BrokerAccess } from '../broker-access';
import { lookAtBroker } from '../look-at-broker';
import { divert, isDiverted, missingBindings, missingOnTarget, undivert, type Diversion } from '../park/diversion';
import { commonLocks, plainly, planOf } from '../plan-base';
import { mustHold } from '../pace';
import { imbalance, type CountingBasis } from './counting';
import { baselineOf, grown, totals, totalsOf, type Totals } from './reroute-totals';

export async function reroute(broker: BrokerAccess, run: LeverRun, act: Diversion): Promise<LeverResult> {
  if (!totals.safeParse(run.recorded).success) {
    const baseline = await baselineOf(broker, act);
    mustHold(run);
    await run.remember(plainly(baseline));
  }
  await divert(broker, run, act);
  return { sentence: `New messages go to "${act.target}" instead of "${act.workQueue}".`, moved: null, possibleDuplicates: 0, complete: true };
}

export async function planRestore(broker: BrokerAccess, hold: HoldInPlace, act: Diversion): Promise<ConnectorPlan> {
  const [sight, received] = await Promise.all([lookAtBroker(broker), receivedSince(broker, hold, act)]);
  const hasWorkQueue = sight.topology.queues.some((queue) => queue.vhost === act.vhost && queue.name === act.workQueue);
  return planOf({
    steps: [`Bind "${act.workQueue}" to exchange "${act.exchange}" again with its former keys.`, `Take the policy ${act.names.exchange} away and delete our exchange.`],
    receivers: [act.workQueue],
    guarantee: { delivery: 'exactly-once', order: 'Each queue keeps the order in which messages enter it.', survivesRestart: 'Yes.', inFlight: `What is in "${act.target}" stays there.` },
    willNot: [`No message is taken back from "${act.target}".`],
    warnings: [`"${act.target}" received ${received.alternate ?? 'an unknown number of'} messages meanwhile: decide whether to leave, void or send them again.`],
    locks: [
      ...commonLocks(broker.source, sight, ['policymaker', 'administrator']),
      ...(hasWorkQueue ? [] : [{ code: 'no-destination', sentence: `Queue "${act.workQueue}" does not exist any more.` }]),
    ],
    undo: 'Reroute again.', estimatedSeconds: 2, topology: plainly({ workQueue: hasWorkQueue }), action: plainly({ kind: 'restore', diversion: act }),
  });
}

export async function restore(broker: BrokerAccess, run: LeverRun, hold: HoldInPlace, act: Diversion): Promise<LeverResult> {
  const received = await receivedSince(broker, hold, act);
  await undivert(broker, run, act);
  return { sentence: `New messages go to "${act.workQueue}" again. "${act.target}" received ${received.alternate ?? 'an unknown number of'} messages meanwhile.`, moved: null, possibleDuplicates: 0, complete: true };
}

/** @param now epoch milliseconds */
export async function observeReroute(broker: BrokerAccess, hold: HoldInPlace, { act, counting }: { act: Diversion; counting: CountingBasis }, now: number): Promise<HoldObservation> {
  const connection = await broker.amqp();
  const [missing, unled, inForce, primary, alternate, current] = await Promise.all([
    missingBindings(broker, act), missingOnTarget(broker, act), isDiverted(broker, act), connection.look(act.workQueue), connection.look(act.target), totalsOf(broker, act),
  ]);
  const began = totals.safeParse(hold.record).data;
  const since = sinceThen(began, current);
  const unbalanced = began === undefined ? null : await imbalance(broker, hold.id, counting, { since: began, current, now });
  const words = (value: number | null) => (value === null ? 'unknown' : String(value));
  const figures = {
    entered: words(since.entered), 'to the primary': words(since.primary), [REROUTE_FIGURES.toAlternate]: words(since.alternate),
    'waiting at the primary': words(primary?.ready ?? null), 'waiting at the alternate': words(alternate?.ready ?? null),
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
  if (missing === 0) return say('dropped', `Messages go to "${act.workQueue}" again.`);
  if (missing < act.bindings.length) return say('leaking', `Some messages go to "${act.workQueue}" again.`);
  if (!inForce || !alternate) return say('leaking', `Messages reach neither "${act.workQueue}" nor "${act.target}": they are lost as unroutable. Restore at once.`);
  if (unbalanced?.kind === 'missing') return say('leaking', `${unbalanced.messages} of ${unbalanced.of} messages that entered exchange "${act.exchange}" for this flow reached no queue, which figures that lag cannot explain: ${words(since.primary)} went to "${act.workQueue}" and ${words(since.alternate)} to "${act.target}". Look whether "${act.target}" is still bound to ${act.names.exchange}, or restore.`);
  if (unbalanced?.kind === 'doubled') return say('leaking', `Queues got ${unbalanced.messages} messages more than entered exchange "${act.exchange}": some went to more than one. Look what else is bound to it, or restore.`);
  if (unled > 0) return say('leaking', `${unled === act.bindings.length ? 'Messages' : 'Some messages'} reach neither "${act.workQueue}" nor "${act.target}", which is not bound to ${act.names.exchange} any more: they are lost as unroutable. Restore at once.`);
  if (!since.alternate) return say('active', `New messages go to "${act.target}"; ${since.alternate === null ? 'how many is not known' : 'none has been counted there yet'}.`);
  return say('active', `Messages go to "${act.target}": ${since.alternate} so far, and ${words(since.primary)} to "${act.workQueue}".`);
}

/** Differences since it began; null where the broker counts anew since, or not at all. The statistics are some seconds old. */
async function receivedSince(broker: BrokerAccess, hold: Pick<HoldInPlace, 'record'>, act: Diversion): Promise<Pick<Totals, 'entered' | 'primary' | 'alternate'>> {
  return sinceThen(totals.safeParse(hold.record).data, await totalsOf(broker, act));
}

function sinceThen(began: Totals | undefined, current: Totals): Pick<Totals, 'entered' | 'primary' | 'alternate'> {
  return { entered: grown(began?.entered, current.entered), primary: grown(began?.primary, current.primary), alternate: grown(began?.alternate, current.alternate) };
}
