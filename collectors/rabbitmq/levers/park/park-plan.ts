/** The plan of a hold that parks: new messages go to a queue of ours, what waits already is worked off. */
import { z } from 'zod';
import type { ConnectorPlan, HoldLimit } from '@/server/domain/operations/plan';
import type { Json } from '@/server/domain/canonical-json';
import type { LeverTarget } from '@/collectors/runtime/operations/levers';
import { record } from '../../management/json-values';
import { apiPath } from '../../management/management-client';
import { ManagementError } from '../../management/management-error';
import { parkNames } from '../../own-names';
import type { BrokerAccess } from '../broker-access';
import { lookAtBroker, readQueueNow } from '../look-at-broker';
import { commonLocks, lockedPlan, planOf, plainly, queueOf } from '../plan-base';
import { diversionCommands } from './native-commands';
import { diversion, type Diversion } from './diversion';
import { planDiversion } from './diversion-plan';

const action = z.object({ kind: z.literal('park'), diversion });

/** @throws z.ZodError for the action of another lever */
export function parkAction(value: Json): Diversion {
  return action.parse(value).diversion;
}

export async function planPark(broker: BrokerAccess, target: LeverTarget, holdId: string): Promise<ConnectorPlan> {
  const channel = queueOf(target);
  const names = parkNames(holdId);
  const [sight, now, exchangeArguments, room] = await Promise.all([lookAtBroker(broker), readQueueNow(broker, channel.name), readExchangeArguments(broker, channel.exchange ?? ''), readRoom(broker)]);
  const planned = planDiversion(sight, channel, { names, exchangeArguments, target: null, chosen: null });
  const locks = [...commonLocks(broker.source, sight, ['policymaker', 'administrator']), ...planned.locks];
  if (planned.diversion === null) return lockedPlan(...locks);
  const act = planned.diversion;
  const depth = now?.ready ?? null;
  return planOf({
    steps: [
      `Declare the durable ${act.targetType ?? ''} queue ${names.queue} and the exchange ${names.exchange}, bound with the ${act.bindings.length === 1 ? 'key' : 'keys'} of "${channel.name}".`,
      `Set the policy ${names.exchange} with priority ${act.policy.priority}: exchange "${act.exchange}" gets ${names.exchange} as its alternate${Object.keys(act.policy.definition).length > 1 ? ' and keeps what the policy in force says' : ''}.`,
      `Take ${act.bindings.length} ${act.bindings.length === 1 ? 'binding' : 'bindings'} of queue "${channel.name}" off exchange "${act.exchange}". From that instant on, new messages are parked.`,
      `Let the consumers work off what waits in "${channel.name}".`,
    ],
    receivers: [names.queue],
    guarantee: {
      delivery: 'exactly-once', order: 'Parked messages keep their order.',
      survivesRestart: 'The queue, its persistent messages and the policy survive a restart of the broker; messages that were published as transient do not, as in any queue.',
      inFlight: 'What consumers have taken, they finish; nothing is requeued.',
    },
    willNot: ['No message that waits is touched.', 'The consumers stay connected.'],
    warnings: [...planned.stillArrives, ...(target.flow.spec.path.length > 1 ? ['Other hops of the flow are not held by it.'] : [])],
    locks, waiting: depth === null ? null : String(depth), unsettled: now?.unacked == null ? null : String(now.unacked),
    limits: parkLimits(room), canary: { possible: true, sentence: 'The first parked messages, or the first of one payer or facility, can be sent on to the queue while the rest stays parked.' },
    nativeCommands: diversionCommands(act), undo: 'Release sends what was parked on to the queue, in order, and binds it again.',
    estimatedSeconds: 2, topology: plainly(planned.topology), action: { kind: 'park', diversion: plainly(act) },
  });
}

function parkLimits({ diskFree }: { diskFree: string | null }): HoldLimit[] {
  return [
    { what: 'time to live of single messages', at: null, sentence: 'A message that was published with an expiration of its own still expires while it is parked.' },
    { what: 'disk of the broker', at: null, sentence: `Parked messages lie on the broker's disk${diskFree === null ? '' : `, where ${diskFree} are free before its alarm`}: an alarm would stop every publisher.` },
  ];
}

/** By argument alone; policies are looked at apart. */
export async function readExchangeArguments({ read, vhost, signal }: BrokerAccess, exchange: string): Promise<Record<string, unknown>> {
  if (exchange === '') return {};
  try {
    return record(record((await read.get(`${apiPath`exchanges/${vhost}/${exchange}`}?columns=arguments`, `exchange ${exchange}`, signal)).body)['arguments']);
  } catch (error) {
    if (error instanceof ManagementError && error.problem === 'not-found') return {};
    throw error;
  }
}

async function readRoom({ read, signal }: BrokerAccess): Promise<{ diskFree: string | null }> {
  try {
    const { body } = await read.get('nodes?columns=disk_free,disk_free_limit', 'the nodes', signal);
    const free = (Array.isArray(body) ? body : []).map(record).map((node) => Number(node['disk_free']) - Number(node['disk_free_limit'])).filter(Number.isFinite);
    return { diskFree: free.length === 0 ? null : `${Math.max(0, Math.floor(Math.min(...free) / 1024 ** 3))} GiB` };
  } catch (error) {
    if (error instanceof ManagementError && error.problem === 'forbidden') return { diskFree: null };
    throw error;
  }
}
