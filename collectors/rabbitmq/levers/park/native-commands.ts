/** How to look at a diversion and take it back with the broker's own tools, while Signalbox is down. */
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { apiPath } from '../../management/management-client';
import { exactPattern, shellQuoted } from '../../shell-text';
import type { Diversion } from './diversion';

/**
 * Neither binding nor moving needs more than what every broker has: the management API for the one, and for the other a
 * policy that pushes everything out of our queue into the exchange. With the queue bound again it leads nowhere else.
 */
export function diversionCommands({ vhost, exchange, workQueue, bindings, names, target, targetType, queuePolicy }: Diversion): ConnectorPlan['nativeCommands'] {
  const inVhost = shellQuoted(vhost);
  const bind = apiPath`bindings/${vhost}/e/${exchange}/q/${workQueue}`;
  return [
    { what: `See how much waits in ${target} and in ${workQueue}`, command: `rabbitmqctl list_queues -p ${inVhost} name messages consumers` },
    { what: 'See the policy that diverts', command: `rabbitmqctl list_policies -p ${inVhost}` },
    ...bindings.map(({ key, args }) => ({
      what: `Undo, first: bind queue "${workQueue}" again, so that new messages reach it`,
      command: `curl -sSf -u '<user>:<password>' -H 'content-type: application/json' -X POST ${shellQuoted(`<management>/api/${bind}`)} -d ${shellQuoted(JSON.stringify({ routing_key: key, arguments: args }))}`,
    })),
    { what: 'Undo, second: take the policy away', command: `rabbitmqctl clear_policy -p ${inVhost} ${shellQuoted(names.exchange)}` },
    ...(targetType === null ? [] : [{
      what: `Undo, third: push what was parked through the exchange into "${workQueue}". At once, not at a rate; each message gets an x-death entry${targetType === 'quorum' ? ', and the order may change' : ''}. Where Signalbox comes back in time, leave it to it`,
      command: `rabbitmqctl set_policy -p ${inVhost} --priority ${(queuePolicy?.priority ?? 0) + 1} --apply-to queues ${shellQuoted(`${target}.drain`)} ${shellQuoted(`^${exactPattern(target)}$`)} ${shellQuoted(JSON.stringify({ 'max-length': 0, overflow: 'drop-head', 'dead-letter-exchange': exchange }))}`,
    }]),
  ];
}
