/** The plan of a replay from a dead-letter queue. */
import { z } from 'zod';
import type { Json } from '@/server/domain/canonical-json';
import type { QueueChannel } from '@/server/domain/contracts/channel';
import { durationInWords } from '@/server/domain/health/words';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { LeverRequest, LeverTarget } from '@/collectors/runtime/operations/levers';
import { bindingsMeet, boundRules } from '../../messages/routing';
import { readOverview } from '../../poll/broker-state';
import { editedNames, isOurs } from '../../own-names';
import type { BrokerTopology } from '../../topology';
import type { BrokerAccess } from '../broker-access';
import { lookAtBroker, readQueueNow } from '../look-at-broker';
import { commonLocks, lockedPlan, planOf, plainly, queueOf } from '../plan-base';
import { deliveryLimitOf } from '../stop-consumers/headroom';
import { tooLargeTogether } from '../moving/held-in-memory';
import { limitLocks } from '../moving/queue-limits';

export type ReplayRequest = Extract<LeverRequest, { kind: 'replay' }>;

const action = z.object({
  kind: z.literal('replay'), vhost: z.string(), from: z.string(), fromType: z.enum(['classic', 'quorum']).default('classic'), to: z.enum(['queue', 'exchange']), workQueue: z.string(),
  /** Where messages go that name no exchange of the business; empty: none is known. */
  exchange: z.string(),
});
export type Replay = z.infer<typeof action>;

/** @throws z.ZodError for the action of another lever */
export function replayAction(value: Json): Replay {
  return action.parse(value);
}

/** How often we may take a message out and put it back until one may be near its limit; each look at the queue is one. */
const FEWEST_DELIVERIES = 10;

export async function planReplay(broker: BrokerAccess, target: LeverTarget, request: ReplayRequest, operationId: string): Promise<ConnectorPlan> {
  const channel = queueOf(target);
  const from = channel.deadLetter?.queue;
  if (from === undefined) return lockedPlan({ code: 'no-dead-letter-queue', sentence: `The contract names no dead-letter queue for "${channel.name}" (channel.deadLetter.queue), so nothing can be replayed.` });
  const [sight, now, atWork, overview] = await Promise.all([lookAtBroker(broker), readQueueNow(broker, from), readQueueNow(broker, channel.name), readOverview(broker.read, broker.signal)]);
  // The statistics of consumers are some seconds old; the queue itself is not.
  const consumers = broker.source.settings.amqp === undefined || now === null ? 0 : ((await (await broker.amqp()).look(from))?.consumers ?? 0);
  const { topology } = sight;
  const queue = topology.queues.find((one) => one.vhost === channel.vhost && one.name === from);
  const work = topology.queues.find((one) => one.vhost === channel.vhost && one.name === channel.name);
  const hasWorkQueue = work !== undefined;
  // Through the exchange, each is confirmed or refused by itself.
  const limits = limitLocks(request.to === 'queue' ? work : undefined, { going: request.items.length, ready: atWork?.ready ?? null, perSecond: request.perSecond });
  const exchange = channel.exchange ?? '';
  const hasExchange = exchange === '' || topology.exchanges.some((one) => one.vhost === channel.vhost && one.name === exchange);
  const receivers = request.to === 'queue' ? [channel.name] : receiversOf(topology, channel);
  const kept = editedNames(operationId).queue;
  const edit = request.edit ?? null;
  const limit = queue ? deliveryLimitOf(queue, overview.version) : null;
  const locks: PlanLock[] = [
    ...commonLocks(broker.source, sight, ['management', 'policymaker', 'monitoring', 'administrator']),
    ...(queue ? [] : [{ code: 'no-dead-letter-queue', sentence: `Dead-letter queue "${from}" does not exist in virtual host "${channel.vhost}".` }]),
    ...(queue?.type === 'stream' ? [{ code: 'stream', sentence: `"${from}" is a stream: messages are read from it, never taken.` }] : []),
    ...(request.to === 'queue' && !hasWorkQueue ? [{ code: 'no-destination', sentence: `Queue "${channel.name}" does not exist. Declare it first: a message for a queue that is not there would be lost.` }] : []),
    ...(request.to === 'exchange' && !hasExchange ? [{ code: 'no-destination', sentence: `Exchange "${exchange}" does not exist.` }] : []),
    ...(request.to === 'exchange' && hasExchange && receivers.length === 0 ? [{ code: 'no-destination', sentence: `No queue is bound to exchange "${exchange}" with keys of this flow: every message would come back as unroutable. Bind "${channel.name}", or replay to the queue.` }] : []),
    ...(limit !== null && limit < FEWEST_DELIVERIES ? [{
      code: 'delivery-limit',
      sentence: `"${from}" drops a message that was put back more than ${limit} times. Taking the chosen ones puts all others back once, and how often that happened before nobody can tell. Give "${from}" a higher delivery limit by a policy (at least ${FEWEST_DELIVERIES}), then plan again.`,
    }] : []),
    ...tooLargeTogether(from, now, request.items.length),
    ...limits.locks,
    ...(consumers > 0 ? [{ code: 'consumed', sentence: `Somebody consumes from "${from}" (consumers: ${consumers}). End that first: two who take from one queue disturb each other's order.` }] : []),
  ];
  return planOf({
    steps: [
      `Take what is in "${from}" now without settling it, and find the chosen ${request.items.length === 1 ? 'one by its key' : `${request.items.length} by their keys`}.`,
      ...(edit === null ? [] : [`Write the new ${edit.length === 1 ? 'value' : 'values'} into ${edit.map(({ at }) => at).join(', ')} of it; everything else stays as it is, to the byte. Its original goes to the durable queue ${kept} in the same transaction; header x-signalbox-edits links the two.`]),
      request.to === 'queue'
        ? `Send each on to "${channel.name}" through an exchange of ours that leads to this one queue; taking it out of "${from}" is the same transaction.`
        : 'Publish each to the exchange that it was first published to, with its first routing key, wait for the confirmation, then take it out.',
      `What was not chosen goes back to its place in "${from}".`,
    ],
    receivers: edit === null ? receivers : [...receivers, `${kept} (the original)`],
    guarantee: {
      delivery: request.to === 'queue' ? 'exactly-once' : 'at-least-once', order: 'In the order of the dead-letter queue.',
      survivesRestart: request.to === 'queue' ? 'A collector that dies in the middle sends none twice and loses none.' : 'When a collector dies between the confirmation and taking the message out, that message ends as unknown and stays in the dead-letter queue.',
      inFlight: 'At most 200 at once.',
    },
    willNot: [
      'No message that was not chosen is acted on.', 'A message that fails again while this runs is not replayed again by it.',
      ...(request.to === 'queue' ? ['No other queue receives anything, also where the exchange would lead it elsewhere, too.'] : []),
    ],
    warnings: [
      ...limits.warnings,
      ...(edit === null ? [] : ['The message id stays: a receiver that has seen it may take the changed message for a duplicate.', `The original stays in ${kept} until somebody deletes that queue; Signalbox does not.`]),
      ...(request.to === 'exchange' && receivers.length > 1 ? [`Exchange "${exchange}" leads to ${receivers.length} queues: each gets the message again, also those that processed it the first time.`] : []),
      ...(request.to === 'queue' && work?.deadLetterExchange == null ? [`"${channel.name}" has no dead-letter exchange: what it rejects again is thrown away by the broker.`] : []),
      ...(limit !== null ? [`Each message of "${from}" that is put back comes one nearer to its delivery limit of ${limit}.`] : []),
      ...(queue?.messageTtlMs == null ? [] : [`Messages of "${from}" expire after ${durationInWords(queue.messageTtlMs)}: what is not replayed by then is gone.`]),
    ],
    locks, waiting: now?.ready == null ? null : String(now.ready), unsettled: now?.unacked == null ? null : String(now.unacked),
    undo: 'A replay cannot be undone: what was sent may have been processed.',
    estimatedSeconds: Math.ceil(request.items.length / (request.perSecond ?? 500)) + 2,
    topology: plainly({ receivers: receivers.toSorted(), deadLetterQueue: queue?.type ?? null, deliveryLimit: limit }),
    action: plainly({ kind: 'replay', vhost: channel.vhost, from, fromType: queue?.type === 'quorum' ? 'quorum' : 'classic', to: request.to, workQueue: channel.name, exchange } satisfies Replay),
  });
}

/** Queues of the business that the exchange leads messages of this channel to, also through other exchanges. */
function receiversOf(topology: BrokerTopology, channel: QueueChannel): string[] {
  const { vhost, exchange = '', name } = channel;
  const type = topology.exchanges.find((one) => one.vhost === vhost && one.name === exchange)?.type ?? '';
  const own = boundRules(topology, vhost, exchange, name);
  const rules = own.length > 0 ? own : (channel.keys ?? []).map((key) => ({ key, args: {} }));
  const reached = new Set<string>();
  const walk = (source: string, isFirst: boolean, seen: ReadonlySet<string>) => {
    for (const binding of topology.bindings) {
      if (binding.vhost !== vhost || binding.source !== source || isOurs(binding.destination)) continue;
      // Behind the first exchange nothing is assumed of keys: rather one receiver too many than one unnamed.
      if (isFirst && type !== 'headers' && !rules.some((rule) => bindingsMeet(type, rule, { key: binding.routingKey, args: binding.arguments }))) continue;
      if (binding.destinationType === 'queue') reached.add(binding.destination);
      else if (!seen.has(binding.destination)) walk(binding.destination, false, new Set([...seen, binding.destination]));
    }
  };
  walk(exchange, true, new Set([exchange]));
  return [...reached].sort();
}
