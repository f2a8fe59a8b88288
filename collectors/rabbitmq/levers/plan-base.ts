/** What all plans of this connector have in common. */
import type { QueueChannel } from '@/server/domain/contracts/channel';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { LeverTarget } from '@/collectors/runtime/operations/levers';
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import type { BrokerSight } from './look-at-broker';

/** @throws Error for a channel that is no queue */
export function queueOf({ channel }: Pick<LeverTarget, 'channel'>): QueueChannel {
  if (channel.kind !== 'queue') throw new Error('This connector acts on queues, and the hop lies on something else.');
  return channel;
}

export function planOf(parts: Partial<ConnectorPlan> & Pick<ConnectorPlan, 'steps' | 'guarantee' | 'undo' | 'topology' | 'action'>): ConnectorPlan {
  return {
    receivers: [], willNot: [], warnings: [], locks: [], waiting: null, unsettled: null, limits: [], canary: null, nativeCommands: [], estimatedSeconds: null, ...parts,
  };
}

/** Nothing but the locks: there is nothing to plan. */
export function lockedPlan(...locks: PlanLock[]): ConnectorPlan {
  return planOf({
    steps: [], locks, undo: 'Nothing is changed.', topology: null, action: null,
    guarantee: { delivery: 'not-applicable', order: '', survivesRestart: '', inFlight: '' },
  });
}

/** Locks that every lever on messages has. @param needsTags any of them; empty: none */
export function commonLocks(source: ConnectedSource<'rabbitmq'>, { alarms, user }: BrokerSight, needsTags: readonly string[]): PlanLock[] {
  return [
    ...(source.settings.amqp === undefined ? [{ code: 'no-amqp-address', sentence: 'The source has no AMQP address, and messages are moved and measured over AMQP. Enter it under Settings → Sources.' }] : []),
    ...(alarms.length > 0 ? [{ code: 'broker-alarm', sentence: `The broker has an alarm (${alarms.join(', ')}) and blocks whoever publishes. Give it room first; then plan again.` }] : []),
    ...missingTag(user.tags, needsTags),
  ];
}

export function missingTag(tags: ReadonlySet<string>, needed: readonly string[]): PlanLock[] {
  if (needed.length === 0 || needed.some((tag) => tags.has(tag))) return [];
  return [{ code: 'lever-permission', sentence: `The user of the levers lacks the tag ${needed[0]}. Run: rabbitmqctl set_user_tags <lever user> ${[...tags, needed[0]].join(' ')}` }];
}

export const NO_CREDENTIALS: PlanLock = { code: 'no-lever-credentials', sentence: 'The source has no credentials for levers: it is only looked at. Enter them under Settings → Sources.' };

export const plainly = (value: unknown) => JSON.parse(JSON.stringify(value)) as NonNullable<ConnectorPlan['action']>;
