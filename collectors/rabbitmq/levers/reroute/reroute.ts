/** Reroutes, measures what went where, and restores. */
import { z } from 'zod';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldInPlace, HoldObservation, LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import { record, whole } from '../../management/json-values';
import { apiPath } from '../../management/management-client';
import type { BrokerAccess } from '../broker-access';
import { lookAtBroker, readQueueNow } from '../look-at-broker';
import { divert, isDiverted, missingBindings, undivert, type Diversion } from '../park/diversion';
import { commonLocks, plainly, planOf } from '../plan-base';
import { mustHold } from '../pace';

/** Totals of the broker when the reroute began; null: it keeps none. */
const baseline = z.object({ entered: z.number().nullable(), primary: z.number().nullable(), alternate: z.number().nullable() });
type Totals = z.infer<typeof baseline>;

export async function reroute(broker: BrokerAccess, run: LeverRun, act: Diversion): Promise<LeverResult> {
  if (!baseline.safeParse(run.recorded).success) {
    const totals = await totalsOf(broker, act);
    mustHold(run);
    await run.remember(plainly(totals));
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

export async function observeReroute(broker: BrokerAccess, hold: HoldInPlace, act: Diversion): Promise<HoldObservation> {
  const connection = await broker.amqp();
  const [missing, inForce, primary, alternate, since] = await Promise.all([
    missingBindings(broker, act), isDiverted(broker, act), connection.look(act.workQueue), connection.look(act.target), receivedSince(broker, hold, act),
  ]);
  const words = (value: number | null) => (value === null ? 'unknown' : String(value));
  const figures = {
    entered: words(since.entered), 'to the primary': words(since.primary), 'to the alternate': words(since.alternate),
    'waiting at the primary': words(primary?.ready ?? null), 'waiting at the alternate': words(alternate?.ready ?? null),
    'consumers at the primary': words(primary?.consumers ?? null),
  };
  const outsideActs = [
    ...(inForce ? [] : [`Somebody removed or outranked the policy ${act.names.exchange} on exchange "${act.exchange}".`]),
    ...(missing === act.bindings.length ? [] : [`Somebody bound "${act.workQueue}" to exchange "${act.exchange}" again.`]),
    ...(alternate ? [] : [`Somebody deleted queue "${act.target}".`]),
  ];
  const say = (state: HoldObservation['state'], sentence: string): HoldObservation => ({ state, sentence, figures, outsideActs });
  if (missing === 0) return say('dropped', `Messages go to "${act.workQueue}" again.`);
  if (missing < act.bindings.length) return say('leaking', `Some messages go to "${act.workQueue}" again.`);
  if (!inForce || !alternate) return say('leaking', `Messages reach neither "${act.workQueue}" nor "${act.target}": they are lost as unroutable. Restore at once.`);
  if (!since.alternate) return say('active', `New messages go to "${act.target}"; ${since.alternate === null ? 'how many is not known' : 'none has been counted there yet'}.`);
  return say('active', `Messages go to "${act.target}": ${since.alternate} so far, and ${words(since.primary)} to "${act.workQueue}".`);
}

/** Differences since it began; null where the broker counts anew since, or not at all. The statistics are some seconds old. */
async function receivedSince(broker: BrokerAccess, hold: Pick<HoldInPlace, 'record'>, act: Diversion): Promise<Totals> {
  const before = baseline.safeParse(hold.record);
  const now = await totalsOf(broker, act);
  const since = (name: keyof Totals) => {
    const former = before.success ? before.data[name] : null;
    const current = now[name];
    return former === null || current === null || current < former ? null : current - former;
  };
  return { entered: since('entered'), primary: since('primary'), alternate: since('alternate') };
}

async function totalsOf(broker: BrokerAccess, act: Diversion): Promise<Totals> {
  const [exchange, primary, alternate] = await Promise.all([
    broker.read.get(`${apiPath`exchanges/${act.vhost}/${act.exchange}`}?columns=message_stats`, `exchange ${act.exchange}`, broker.signal),
    readQueueNow(broker, act.workQueue), readQueueNow(broker, act.target),
  ]);
  return { entered: whole(record(record(exchange.body)['message_stats'])['publish_in']) ?? 0, primary: primary?.totals?.published ?? null, alternate: alternate?.totals?.published ?? null };
}
