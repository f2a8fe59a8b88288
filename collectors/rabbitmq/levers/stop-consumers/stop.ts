/** Keeps consuming applications off the broker, lets them back, and measures whether they are off. */
import type { Json } from '@/server/domain/canonical-json';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldObservation, LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import { apiPath } from '../../management/management-client';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { readQueueNow } from '../look-at-broker';
import { missingTag, plainly, planOf } from '../plan-base';
import { readBrokerUser } from '../../describe/broker-user';
import { mustHold } from '../pace';
import { sampleQueue } from '../sample-queue';
import { waitFor } from '../wait-for';
import { connectionLimitOf, connectionsOf, stopRecord } from './consumer-users';
import type { StopConsumers } from './stop-plan';

/** The limit alone leaves those who are connected, closing alone lets them come back: only both together hold. */
export async function stop(broker: BrokerAccess, run: LeverRun, { users, queue }: StopConsumers): Promise<LeverResult> {
  const record = stopRecord.parse(run.recorded);
  for (const user of users) {
    if (Object.hasOwn(record.limits, user)) continue;
    record.limits[user] = await connectionLimitOf(broker, user);
  }
  mustHold(run);
  // Before anything is changed: after a crash, 0 would look like what was there.
  await run.remember(record);
  await shut(broker, run, users);
  return { sentence: `${users.map((user) => `User "${user}"`).join(', ')} is off the broker; messages wait in "${queue}".`, moved: null, possibleDuplicates: 0, complete: true };
}

/** Also puts a hold that somebody dropped back in place. */
export async function shut(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, users: readonly string[]): Promise<void> {
  for (const user of users) {
    mustHold(run);
    await broker.write.put(apiPath`user-limits/${user}/max-connections`, { value: 0 }, `the limits of user ${user}`, broker.signal);
  }
  for (const user of users) {
    await waitFor(broker.signal, async () => {
      mustHold(run);
      await broker.write.delete(apiPath`connections/username/${user}`, `the connections of user ${user}`, broker.signal);
      return await connectionsOf(broker, user) === 0;
    }, () => new LeverError(`Connections of user "${user}" do not close although its limit is 0. Close them on the broker: rabbitmqctl close_all_user_connections`));
  }
}

export async function planLetBack(broker: BrokerAccess, act: StopConsumers, recorded: Json): Promise<ConnectorPlan> {
  const [user, now] = await Promise.all([readBrokerUser(broker.read, broker.signal), readQueueNow(broker, act.queue)]);
  const { limits } = stopRecord.parse(recorded);
  return planOf({
    steps: act.users.map((name) => (limits[name] == null ? `Take the limit of connections of user "${name}" away.` : `Set the limit of connections of user "${name}" back to ${limits[name]}.`)),
    receivers: [act.queue],
    guarantee: { delivery: 'at-least-once', order: 'As it waits in the queue.', survivesRestart: 'Yes: the broker keeps it.', inFlight: 'Messages that were put back when the hold began are delivered again.' },
    willNot: ['Applications are not started: they connect again by themselves.', 'There is no rate: consumers take as fast as they can.'],
    locks: missingTag(user.tags, ['administrator']), waiting: now?.ready == null ? null : String(now.ready),
    undo: 'Pause again.', estimatedSeconds: 1, topology: null, action: plainly({ ...act, kind: 'release', limits }),
  });
}

/** A limit that is not ours any more is somebody else's decision and stays. */
export async function letBack(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, { users }: Pick<StopConsumers, 'users'>, recorded: Json): Promise<LeverResult> {
  const { limits } = stopRecord.parse(recorded);
  const changed: string[] = [];
  for (const user of users) {
    const now = await connectionLimitOf(broker, user);
    const former = limits[user] ?? null;
    if (now === former) continue;
    if (now !== 0) {
      changed.push(user);
      continue;
    }
    mustHold(run);
    if (former === null) await broker.write.delete(apiPath`user-limits/${user}/max-connections`, `the limits of user ${user}`, broker.signal);
    else await broker.write.put(apiPath`user-limits/${user}/max-connections`, { value: former }, `the limits of user ${user}`, broker.signal);
  }
  const note = changed.length === 0 ? '' : ` The limit of ${changed.map((user) => `"${user}"`).join(', ')} was changed by somebody else and stays as it is.`;
  return { sentence: `${users.map((user) => `User "${user}"`).join(', ')} may connect again.${note}`, moved: null, possibleDuplicates: 0, complete: true };
}

/** The broker's consumer statistics are up to 7 s old, so they are no evidence: the queue itself and the list of connections are. */
export async function observeStop(broker: BrokerAccess, { users, queue }: StopConsumers): Promise<HoldObservation> {
  const connection = await broker.amqp();
  const [limits, connections] = await Promise.all([Promise.all(users.map((user) => connectionLimitOf(broker, user))), Promise.all(users.map((user) => connectionsOf(broker, user)))]);
  const lifted = users.filter((_, index) => limits[index] !== 0);
  const open = connections.reduce((sum, count) => sum + count, 0);
  const samples = await sampleQueue(connection, queue, broker.signal);
  if (samples === null) return { state: 'dropped', sentence: `Queue "${queue}" does not exist any more.`, figures: {}, outsideActs: [`Somebody deleted queue "${queue}".`] };
  const last = samples.at(-1)!;
  const figures = { waiting: String(last.ready), consumers: String(last.consumers), connections: String(open) };
  const outsideActs = lifted.map((user) => `Somebody changed the limit of connections of user "${user}".`);
  const say = (state: HoldObservation['state'], sentence: string): HoldObservation => ({ state, sentence, figures, outsideActs });
  if (lifted.length > 0) return say('dropped', `User ${lifted.map((user) => `"${user}"`).join(', ')} may connect again.`);
  if (open > 0) return say('leaking', `User ${users.map((user) => `"${user}"`).join(', ')} still has ${open} connections.`);
  if (samples.some(({ consumers }) => consumers > 0)) return say('leaking', `Somebody else consumes from "${queue}": ${last.consumers} consumers.`);
  if (samples.some(({ ready }, index) => index > 0 && ready < samples[index - 1]!.ready)) return say('leaking', `Messages leave "${queue}" although nobody consumes: they expire, are dropped by a limit, or are taken singly.`);
  return say('held', `Nobody consumes from "${queue}", and ${last.ready} messages wait.`);
}
