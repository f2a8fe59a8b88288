/** What the levers of a broker need, and whether the credentials for levers have it, in words. */
import type { PermissionFinding } from '@/server/domain/sources/description';
import { isOurs } from '../own-names';
import { shellQuoted } from '../shell-text';
import type { BrokerTopology } from '../topology';
import type { BrokerUser, VhostPermissions } from './broker-user';

type Lever = Exclude<PermissionFinding['for'], 'observe' | 'message-tap'>;
type Right = 'configure' | 'write' | 'read';

/** Names that a finding lists before it counts the rest. */
const MAX_NAMED = 5;
/** Everything of ours: queues and exchanges that hold, release and replay go through. */
const OWN = 'signalbox.park.example';

interface Need {
  for: Lever;
  permission: string;
  /** Any of these tags; empty: none. */
  tags: readonly string[];
  rights: (topology: BrokerTopology, vhost: string) => { right: Right; names: readonly string[] }[];
}

const own = (...rights: Right[]) => rights.map((right) => ({ right, names: [OWN] }));

const ANY = ['management', 'policymaker', 'monitoring', 'administrator'] as const;

const NEEDS: readonly Need[] = [
  { for: 'pause', permission: 'limit and close the connections of a consuming user', tags: ['administrator'], rights: () => [] },
  { for: 'pause', permission: 'park new messages: set a policy on an exchange, bind and unbind work queues', tags: ['policymaker', 'administrator'], rights: (topology, vhost) => [...own('configure', 'write', 'read'), ...binding(topology, vhost)] },
  { for: 'canary', permission: 'let some held messages through: publish to an exchange of our own', tags: ANY, rights: (topology, vhost) => [...own('configure', 'write', 'read'), ...workQueues(topology, vhost)] },
  { for: 'release', permission: 'lift limits of connections', tags: ['administrator'], rights: () => [] },
  { for: 'release', permission: 'send on what was parked, bind work queues again', tags: ['policymaker', 'administrator'], rights: (topology, vhost) => [...own('configure', 'write', 'read'), ...binding(topology, vhost)] },
  {
    for: 'replay', permission: 'take from dead-letter queues and send to work queues', tags: ANY,
    rights: (topology, vhost) => [...own('configure', 'write', 'read'), { right: 'read', names: deadLetterQueues(topology, vhost) }, ...workQueues(topology, vhost)],
  },
  { for: 'replay', permission: 'publish to exchanges again', tags: ANY, rights: (topology, vhost) => [{ right: 'read', names: deadLetterQueues(topology, vhost) }, { right: 'write', names: exchangeNames(topology, vhost) }] },
  { for: 'reroute', permission: 'set a policy on an exchange, bind and unbind queues', tags: ['policymaker', 'administrator'], rights: (topology, vhost) => [...own('configure', 'write', 'read'), ...binding(topology, vhost)] },
];

/** @param user null: no credentials for levers are stored */
export function leverFindings(user: BrokerUser | null, topology: BrokerTopology, vhosts: readonly string[]): PermissionFinding[] {
  return NEEDS.flatMap((need): PermissionFinding[] => {
    const finding = { for: need.for, permission: need.permission };
    if (user === null) return [{ ...finding, granted: false, note: 'No credentials for levers are stored: the source is observe-only.' }];
    if (!need.tags.some((tag) => user.tags.has(tag))) return [{ ...finding, granted: false, note: `The user lacks the tag ${need.tags[0]}. Run: rabbitmqctl set_user_tags <user> ${[...user.tags, need.tags[0]].join(' ')}` }];
    if (need.rights(topology, vhosts[0] ?? '/').length === 0) return [{ ...finding, granted: true, note: '' }];
    if (vhosts.length === 0) return [{ ...finding, granted: null, note: 'No virtual host could be looked into.' }];
    if (user.permissions === null) return [{ ...finding, granted: null, note: 'Only an administrator may read permissions, so this shows when a plan is made.' }];
    const permissions = user.permissions;
    return vhosts.map((vhost) => ({ ...finding, permission: `${need.permission} in virtual host ${vhost}`, ...verdict(need.rights(topology, vhost), permissions.find((row) => row.vhost === vhost), vhost) }));
  });
}

function verdict(rights: ReturnType<Need['rights']>, granted: VhostPermissions | undefined, vhost: string): Pick<PermissionFinding, 'granted' | 'note'> {
  if (granted === undefined) return { granted: false, note: `The user has no permission in virtual host ${vhost}. Run: rabbitmqctl set_permissions -p ${shellQuoted(vhost)} <user> <configure> <write> <read>` };
  const missing = rights.flatMap(({ right, names }) => {
    const refused = names.filter((name) => !matches(granted[right], name)).map((name) => (name === OWN ? 'names that begin with "signalbox."' : name));
    return refused.length === 0 ? [] : [`${right} on ${refused.slice(0, MAX_NAMED).join(', ')}${refused.length > MAX_NAMED ? ` and ${refused.length - MAX_NAMED} more` : ''}`];
  });
  return missing.length === 0 ? { granted: true, note: '' } : { granted: false, note: `Missing: ${missing.join('; ')}.` };
}

/** As the broker does: the pattern may match anywhere in the name. */
function matches(pattern: string, name: string): boolean {
  if (pattern === '') return false;
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}

function binding(topology: BrokerTopology, vhost: string): { right: Right; names: readonly string[] }[] {
  return [...workQueues(topology, vhost), { right: 'read', names: exchangeNames(topology, vhost) }];
}

/** To bind and unbind them; binding a queue is writing to it. */
function workQueues(topology: BrokerTopology, vhost: string): { right: Right; names: readonly string[] }[] {
  return [{ right: 'write', names: topology.queues.filter((queue) => queue.vhost === vhost && queue.type !== 'stream' && !isOurs(queue.name)).map(({ name }) => name) }];
}

function exchangeNames(topology: BrokerTopology, vhost: string): string[] {
  return topology.exchanges.filter((exchange) => exchange.vhost === vhost && exchange.name !== '' && !exchange.name.startsWith('amq.') && !isOurs(exchange.name)).map(({ name }) => name);
}

function deadLetterQueues({ queues, bindings }: BrokerTopology, vhost: string): string[] {
  const exchanges = new Set(queues.filter((queue) => queue.vhost === vhost).flatMap(({ deadLetterExchange }) => deadLetterExchange ?? []));
  return [...new Set(bindings.filter((one) => one.vhost === vhost && one.source !== '' && exchanges.has(one.source) && one.destinationType === 'queue').map(({ destination }) => destination))];
}
