/** What a broker can be used for, or why not. */
import type { Capability, PermissionFinding } from '@/server/domain/sources/description';
import type { BrokerState, Overview } from '../poll/broker-state';
import type { BrokerTopology } from '../topology';
import type { TapPermissions } from './tap-permissions';

export interface TapAccess {
  vhost: string;
  probe: TapPermissions;
  findings: PermissionFinding[];
}

interface Seen {
  overview: Overview;
  state: BrokerState;
  /** Virtual hosts that the user may look into. */
  visible: readonly string[];
  /** One for each of them; empty where the source has no AMQP address. */
  access: readonly TapAccess[];
  topology: BrokerTopology;
}

export function capabilitiesOf({ overview, state, visible, access, topology }: Seen): Capability[] {
  const depth = visible.length > 0;
  const tap = tapNote(access);
  return [
    { id: 'depth', available: depth, note: depth ? '' : 'The user may not look into any virtual host.' },
    ratesOf(overview, depth),
    { id: 'message-tap', ...tap },
    deadLettersOf(topology, depth, tap.available),
    ageOf(depth, tap.available),
    alarmsOf(state),
  ];
}

function ratesOf({ statistics }: Overview, depth: boolean): Capability {
  if (!depth) return { id: 'rates', available: false, note: 'The user may not look into any virtual host.' };
  switch (statistics) {
    case 'full': return { id: 'rates', available: true, note: '' };
    case 'no-counts': return { id: 'rates', available: false, note: 'The broker counts no messages (management.rates_mode = none). Set it to basic.' };
    case 'depth-only': return { id: 'rates', available: false, note: 'The broker keeps no statistics (management.disable_stats or management_agent.disable_metrics_collector is true). Depth is known; consumers, bytes and rates are not.' };
  }
}

function tapNote(access: readonly TapAccess[]): { available: boolean; note: string } {
  if (access.length === 0) return { available: false, note: 'The source has no AMQP address, or no virtual host that the user may look into.' };
  const isUsable = ({ probe }: TapAccess) => probe.problem === null && probe.configure !== false && probe.write !== false && probe.read !== false;
  const unusable = access.filter((one) => !isUsable(one)).map(({ vhost }) => vhost);
  if (unusable.length === access.length) return { available: false, note: access[0]!.probe.problem ?? 'Permissions on our own queues are missing; see below.' };
  return { available: true, note: unusable.length > 0 ? `Not in ${unusable.join(', ')}.` : 'While an exchange is tapped, publishers with "mandatory" are no longer told that nobody took their message; Signalbox reports that instead.' };
}

function deadLettersOf({ queues }: BrokerTopology, depth: boolean, canTap: boolean): Capability {
  if (!depth) return { id: 'dead-letters', available: false, note: 'The user may not look into any virtual host.' };
  const untappable = queues.filter(({ deadLetterExchange }) => deadLetterExchange === '').length;
  const notes = [
    !canTap && 'Counts only, without the message tap.',
    untappable > 0 && `${untappable} ${untappable === 1 ? 'queue sends' : 'queues send'} dead letters through the default exchange: counts only. A policy with a dead-letter-exchange of its own makes them visible.`,
  ].filter((note) => typeof note === 'string');
  return { id: 'dead-letters', available: true, note: notes.join(' ') };
}

function ageOf(depth: boolean, canTap: boolean): Capability {
  if (!depth) return { id: 'age', available: false, note: 'The user may not look into any virtual host.' };
  return { id: 'age', available: true, note: canTap ? 'Not for priority queues and streams.' : 'Only of classic queues whose publishers set a timestamp: the other methods need the message tap.' };
}

function alarmsOf({ alarms, nodes }: BrokerState): Capability {
  if (alarms === null) return { id: 'alarms', available: false, note: 'The user lacks the tag monitoring, and this broker has no health check that tells alarms.' };
  return { id: 'alarms', available: true, note: nodes === null ? 'Without the tag monitoring it is not known how many connections are blocked.' : '' };
}
