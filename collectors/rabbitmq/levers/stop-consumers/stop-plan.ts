/** The plan of a hold that keeps the consuming application off the broker. */
import { z } from 'zod';
import type { Json } from '@/server/domain/canonical-json';
import { channelId } from '@/server/domain/contracts/channel';
import type { ConnectorPlan, HoldLimit, PlanLock } from '@/server/domain/operations/plan';
import type { LeverContext, LeverTarget } from '@/collectors/runtime/operations/levers';
import { readOverview } from '../../poll/broker-state';
import type { BrokerQueue } from '../../topology';
import { shellQuoted } from '../../shell-text';
import type { BrokerAccess } from '../broker-access';
import { lookAtBroker, readQueueNow, type QueueNow } from '../look-at-broker';
import { lockedPlan, missingTag, plainly, planOf, queueOf } from '../plan-base';
import { deliveryLimitOf, headroomLock } from './headroom';
import { connectionLimitOf, usersConsuming, type ConsumerUser } from './consumer-users';

const action = z.object({ kind: z.literal('stop-consumers'), vhost: z.string(), queue: z.string(), users: z.array(z.string()).min(1) });
export type StopConsumers = z.infer<typeof action>;

/** @throws z.ZodError for the action of another lever */
export function stopAction(value: Json): StopConsumers {
  return action.parse(value);
}

export const NO_CANARY = 'No single message can pass: a consumer that may connect again takes as many as its prefetch allows. Park new messages where a canary is needed.';

export async function planStop(broker: BrokerAccess, target: LeverTarget, context: LeverContext): Promise<ConnectorPlan> {
  const channel = queueOf(target);
  const [sight, now, users, overview] = await Promise.all([lookAtBroker(broker), readQueueNow(broker, channel.name), usersConsuming(broker, channel.name), readOverview(broker.read, broker.signal)]);
  const queue = sight.topology.queues.find((one) => one.vhost === channel.vhost && one.name === channel.name);
  if (!queue || !now) return lockedPlan({ code: 'no-destination', sentence: `Queue "${channel.name}" does not exist in virtual host "${channel.vhost}".` });
  const limits = Object.fromEntries(await Promise.all(users.map(async ({ user }) => [user, await connectionLimitOf(broker, user)] as const)));
  const ours = [broker.source.levers?.user, broker.source.observe?.user];
  const shared = users.filter(({ user }) => ours.includes(user));
  const headroom = headroomLock(queue, deliveryLimitOf(queue, overview.version), now);
  const locks: PlanLock[] = [
    ...missingTag(sight.user.tags, ['administrator']),
    ...(broker.source.settings.amqp === undefined ? [{ code: 'no-amqp-address', sentence: 'The source has no AMQP address, and whether a hold holds is measured over AMQP. Enter it under Settings → Sources.' }] : []),
    ...(users.length === 0 ? [{ code: 'no-consumers', sentence: `Nobody consumes from "${channel.name}" now, so it is not known whose connections to close. Messages wait as it is; park new ones, or try again when the application is connected.` }] : []),
    ...(shared.length > 0 ? [{ code: 'own-user', sentence: `The application uses the same broker user as Signalbox (${shared.map(({ user }) => `"${user}"`).join(', ')}): stopping it would stop us. Give the application a user of its own.` }] : []),
    ...users.filter(({ user }) => limits[user] === 0).map(({ user }) => ({ code: 'already-stopped', sentence: `User "${user}" may have no connections already. Somebody else stopped it; find out who before it is stopped by us.` })),
    ...(headroom ? [headroom] : []),
  ];
  if (users.length === 0) return lockedPlan(...locks);
  const names = users.map(({ user }) => `"${user}"`).join(', ');
  return planOf({
    steps: [
      `Set the limit of connections of ${names} to 0, so that nobody connects again.`,
      `Close all connections of ${names} (now ${users.reduce((sum, { connections }) => sum + connections, 0)}). What they have taken and not acknowledged goes back to its place in the queue.`,
      'Repeat until there is none left.',
    ],
    guarantee: {
      delivery: 'at-least-once', order: 'Messages that go back keep their place.', survivesRestart: 'The limit is kept by the broker, also over a restart.',
      inFlight: 'Messages that were taken and not acknowledged may have been processed already; they are delivered again after the release.',
    },
    willNot: ['No message is moved, dropped or settled.', 'Publishers with other users go on; their messages wait in the queue.'],
    warnings: [...alsoStops(users, context, target), `Whatever else uses ${names} is stopped too, also its publishing.`],
    locks, waiting: now.ready === null ? null : String(now.ready), unsettled: now.unacked === null ? null : String(now.unacked),
    limits: waitingLimits(queue, now, context.now()), canary: { possible: false, sentence: NO_CANARY },
    nativeCommands: stopCommands(channel.vhost, users, limits), undo: 'Release gives the user its former limit back; the application connects again by itself.',
    alone: users.map(({ user }) => `broker user "${user}"`),
    estimatedSeconds: 3, topology: plainly({ users: users.map(({ user }) => user), limits, queueType: queue.type }),
    action: plainly({ kind: 'stop-consumers', vhost: channel.vhost, queue: channel.name, users: users.map(({ user }) => user) }),
  });
}

function alsoStops(users: readonly ConsumerUser[], context: LeverContext, target: LeverTarget): string[] {
  const channel = queueOf(target);
  return users.flatMap(({ user, alsoConsumes }) => alsoConsumes.map((queue) => {
    const id = channelId({ source: channel.source, kind: 'queue', vhost: channel.vhost, name: queue });
    const flow = context.contracts().mapper.hopsOn(id)[0]?.flow.metadata.name;
    return `User "${user}" also consumes from "${queue}"${flow === undefined ? '' : ` of the flow ${flow}`}: that stops as well.`;
  }));
}

/** What happens to messages that wait in the work queue itself. */
export function waitingLimits({ name, messageTtlMs, maxLength, overflow, deadLetterExchange }: Pick<BrokerQueue, 'name' | 'messageTtlMs' | 'maxLength' | 'overflow' | 'deadLetterExchange'>, { ready, unacked, incomingPerSecond }: Pick<QueueNow, 'ready' | 'unacked' | 'incomingPerSecond'>, now: number): HoldLimit[] {
  const fate = deadLetterExchange === null ? 'dropped' : 'dead-lettered';
  return [
    ...(messageTtlMs === null ? [] : [{
      what: `time to live of ${name}`, at: new Date(now + messageTtlMs).toISOString(),
      sentence: `A message that waits in "${name}" for ${Math.round(messageTtlMs / 1000)} s is ${fate}. That is when a message that enters now is lost; those that wait already, earlier.`,
    }]),
    ...(maxLength === null ? [] : [{
      what: `length of ${name}`, at: fullAt(maxLength - (ready ?? 0) - (unacked ?? 0)),
      sentence: `"${name}" holds ${maxLength} messages and has ${ready ?? '?'} now, ${unacked ?? '?'} more come back${incomingPerSecond ? `, and ${incomingPerSecond.toFixed(1)} come in per second` : ''}. Beyond that, ${overflow?.startsWith('reject-publish') ? 'publishers are refused' : `the oldest are ${fate}`}.`,
    }]),
  ];

  /** At the rate of the last seconds; null where nothing comes in, or nobody knows. */
  function fullAt(room: number): string | null {
    if (ready === null || !incomingPerSecond) return null;
    return new Date(now + (Math.max(0, room) / incomingPerSecond) * 1000).toISOString();
  }
}

function stopCommands(vhost: string, users: readonly ConsumerUser[], limits: Record<string, number | null>): ConnectorPlan['nativeCommands'] {
  return [
    { what: 'See whether messages wait and nobody consumes', command: `rabbitmqctl list_queues -p ${shellQuoted(vhost)} name messages consumers` },
    ...users.flatMap(({ user }) => [
      { what: `See the limit of ${user}`, command: `rabbitmqctl list_user_limits --user ${shellQuoted(user)}` },
      limits[user] == null
        ? { what: `Undo: let ${user} connect again`, command: `rabbitmqctl clear_user_limits ${shellQuoted(user)} max-connections` }
        : { what: `Undo: let ${user} connect again, as often as before`, command: `rabbitmqctl set_user_limits ${shellQuoted(user)} ${shellQuoted(JSON.stringify({ 'max-connections': limits[user] }))}` },
    ]),
  ];
}
