/** Looks whether a broker is reachable and what can be done with it. Reads only, and never throws. */
import type { ConnectedSource } from '@/collectors/runtime/taps/connector';
import type { Capability, PermissionFinding, SourceDescription } from '@/server/domain/sources/description';
import { ManagementClient } from '../management/management-client';
import { readBrokerState, readOverview, type BrokerState, type Overview } from '../poll/broker-state';
import { listVhosts } from '../poll/queue-figures';
import { readTopology } from '../read-topology';
import type { BrokerTopology } from '../topology';
import { readBrokerUser, vhostProblem, type BrokerUser } from './broker-user';
import { capabilitiesOf, type TapAccess } from './capabilities';
import { leverFindings } from './lever-permissions';
import { probeTapPermissions } from './tap-permissions';

const TIMEOUT_MS = 10_000;
/** Virtual hosts that a test looks into one by one. */
const MAX_VHOSTS = 10;
/** Exchanges of a virtual host whose permission is asked for. */
const MAX_EXCHANGES = 20;
const TESTED_VERSION = /^3\.10\./;

export async function describeBroker(source: ConnectedSource<'rabbitmq'>, signal: AbortSignal): Promise<SourceDescription> {
  const client = new ManagementClient({ settings: source.settings, credentials: source.observe, timeoutMs: TIMEOUT_MS });
  try {
    return await describe(source, client, signal);
  } catch (error) {
    return notReachable(error instanceof Error ? error.message : String(error));
  } finally {
    client.close();
  }
}

async function describe(source: ConnectedSource<'rabbitmq'>, client: ManagementClient, signal: AbortSignal): Promise<SourceDescription> {
  if (source.observe === null) return notReachable('The source has no user to observe with: enter one under Settings → Sources.');
  const overview = await readOverview(client, signal);
  const user = await readBrokerUser(client, signal);
  const state = await readBrokerState(client, overview.statistics, signal);
  const named = source.settings.vhosts.length > 0 ? source.settings.vhosts : await listVhosts(client, signal);
  const looked = named.slice(0, MAX_VHOSTS);
  const problems = new Map(await Promise.all(looked.map(async (vhost) => [vhost, await vhostProblem(client, vhost, signal)] as const)));
  const visible = looked.filter((vhost) => problems.get(vhost) === null);
  const topology = visible.length === 0 ? { exchanges: [], queues: [], bindings: [] } : await readTopology(client, visible, signal);
  const access = await tapAccess(source, visible, topology, signal);
  const levers = await readLeverUser(source, signal);
  return {
    reachable: true,
    problem: '',
    product: overview.product,
    version: overview.version,
    isTestedVersion: TESTED_VERSION.test(overview.version),
    latencyMs: overview.latencyMs,
    clockDifferenceMs: overview.clockDifferenceMs,
    capabilities: capabilitiesOf({ overview, state, visible, access, topology }) satisfies Capability[],
    permissions: [...observeFindings(user, problems), ...access.flatMap(({ findings }) => findings), ...levers.findings(topology, visible)],
    notes: [...encryptionNotes(source), ...notesOf(overview, state, topology), ...levers.notes, ...(named.length > looked.length ? [`${named.length - looked.length} more virtual hosts were not looked into by this test.`] : [])],
  };
}

function observeFindings({ tags }: BrokerUser, problems: ReadonlyMap<string, string | null>): PermissionFinding[] {
  const isMonitor = tags.has('monitoring') || tags.has('administrator');
  return [
    {
      for: 'observe', permission: 'see nodes, alarms, connections and consumers (tag monitoring)', granted: isMonitor,
      note: isMonitor ? '' : 'Without it, blocked connections, partitions and other users\' consumers are not seen. Run: rabbitmqctl set_user_tags <user> monitoring',
    },
    ...[...problems].map(([vhost, problem]): PermissionFinding => ({ for: 'observe', permission: `read queues and bindings of virtual host ${vhost}`, granted: problem === null, note: problem ?? '' })),
  ];
}

async function tapAccess(source: ConnectedSource<'rabbitmq'>, vhosts: readonly string[], topology: BrokerTopology, signal: AbortSignal): Promise<TapAccess[]> {
  if (source.settings.amqp === undefined) return [];
  return Promise.all(vhosts.map(async (vhost) => {
    const exchanges = topology.exchanges.filter((exchange) => exchange.vhost === vhost && exchange.name !== '' && !exchange.name.startsWith('amq.') && !exchange.internal)
      .map(({ name }) => name);
    const probe = await probeTapPermissions(source, vhost, exchanges.slice(0, MAX_EXCHANGES), signal);
    return { vhost, probe, findings: tapFindings(vhost, probe, exchanges.length) };
  }));
}

function tapFindings(vhost: string, { problem, configure, write, read, exchanges }: TapAccess['probe'], total: number): PermissionFinding[] {
  const finding = (permission: string, granted: boolean | null, missing: string): PermissionFinding =>
    ({ for: 'message-tap', permission: `${permission} in virtual host ${vhost}`, granted, note: granted === true ? '' : granted === null ? 'Could not be asked for.' : missing });
  if (problem !== null) return [{ for: 'message-tap', permission: `connect by AMQP to virtual host ${vhost}`, granted: false, note: problem }];
  const own = String.raw`Let the pattern contain ^signalbox\.tap\.`;
  const refused = [...exchanges].filter(([, granted]) => granted === false).map(([name]) => name);
  const known = [...exchanges.values()].every((granted) => granted !== null);
  return [
    finding('configure queues that begin with "signalbox.tap."', configure, own),
    ...(exchanges.size === 0 ? [] : [finding('write to queues that begin with "signalbox.tap." (for bindings)', write, own)]),
    finding('read queues that begin with "signalbox.tap."', read, own),
    ...(exchanges.size === 0 ? [] : [{
      ...finding('read exchanges, to bind our own queue to them,', refused.length > 0 ? false : known ? true : null, `Not allowed for: ${refused.join(', ')}. Only those that flows use are needed.`),
    }]),
    ...(total > exchanges.size ? [finding(`read ${total - exchanges.size} further exchanges`, null, '')] : []),
  ];
}

/** The lever credentials are looked at by who they are, never by trying them. */
async function readLeverUser(source: ConnectedSource<'rabbitmq'>, signal: AbortSignal): Promise<{ findings: (topology: BrokerTopology, vhosts: readonly string[]) => PermissionFinding[]; notes: string[] }> {
  if (source.levers === null) return { findings: (topology, vhosts) => leverFindings(null, topology, vhosts), notes: [] };
  const client = new ManagementClient({ settings: source.settings, credentials: source.levers, timeoutMs: TIMEOUT_MS });
  try {
    const user = await readBrokerUser(client, signal);
    return { findings: (topology, vhosts) => leverFindings(user, topology, vhosts), notes: [] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return {
      findings: (topology, vhosts) => leverFindings({ tags: new Set(), permissions: [] }, topology, vhosts).map((finding) => ({ ...finding, granted: null, note: `The credentials for levers could not be looked at: ${problem}` })),
      notes: [`The credentials for levers do not work: ${problem}`],
    };
  } finally {
    client.close();
  }
}

/** Addresses of this machine need no encryption. */
function encryptionNotes({ settings: { management, amqp } }: ConnectedSource<'rabbitmq'>): string[] {
  const isOpen = (address: string | undefined) => {
    if (address === undefined) return false;
    const { protocol, hostname } = new URL(address);
    return (protocol === 'http:' || protocol === 'amqp:') && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  };
  return isOpen(management) || isOpen(amqp) ? ['User and password travel unencrypted. Use https:// and amqps:// where the broker offers them.'] : [];
}

function notesOf({ version, statistics, clockDifferenceMs }: Overview, { nodes, alarms }: BrokerState, { queues, exchanges }: BrokerTopology): string[] {
  const streams = queues.filter(({ type }) => type === 'stream').length;
  const alternates = exchanges.filter(({ alternateExchange }) => alternateExchange !== null).length;
  const notes = [
    !TESTED_VERSION.test(version) && `Signalbox is tested with RabbitMQ 3.10. On ${version} every feature was asked for one by one.`,
    statistics === 'full' && 'The broker reports its statistics every 5 s, so depth and rates may be that much behind.',
    clockDifferenceMs !== null && clockDifferenceMs !== 0 && `The broker's clock is ${Math.abs(clockDifferenceMs / 1000).toFixed(0)} s ${clockDifferenceMs > 0 ? 'ahead of' : 'behind'} ours, told to the second by its answers.`,
    alarms !== null && alarms.length > 0 && `Alarms in force: ${alarms.join(', ')}.`,
    nodes?.some(({ isRunning }) => !isRunning) && `Nodes that do not run: ${nodes.filter(({ isRunning }) => !isRunning).map(({ name }) => name).join(', ')}.`,
    streams > 0 && `${streams} ${streams === 1 ? 'stream is' : 'streams are'} recognised: what is published shows, but what waits for whom does not, and streams are not tapped.`,
    alternates > 0 && `${alternates} ${alternates === 1 ? 'exchange has' : 'exchanges have'} an alternate exchange and ${alternates === 1 ? 'is' : 'are'} not tapped: a tap counts as a route, and the alternate would get nothing.`,
  ];
  return notes.filter((note) => typeof note === 'string');
}

function notReachable(problem: string): SourceDescription {
  return { reachable: false, problem, product: '', version: '', isTestedVersion: false, latencyMs: null, clockDifferenceMs: null, capabilities: [], permissions: [], notes: [] };
}
