/** What the broker has counted of a rerouted exchange and its queues since the reroute began. */
import { z } from 'zod';
import { record, whole } from '../../management/json-values';
import { apiPath } from '../../management/management-client';
import { bindingIdentity } from '../../messages/routing';
import { isTapQueue } from '../../messages/tap-queue';
import { readBindingsFrom } from '../../read-topology';
import type { BrokerBinding } from '../../topology';
import type { BrokerAccess } from '../broker-access';
import { readNodes, readQueueNow } from '../look-at-broker';
import { primaryOf, type Rerouting } from './rerouting';

type Rerouted = Pick<Rerouting, 'diversion' | 'over'>;

const total = z.number().nullable();

/** Totals of the broker at one instant; null: it keeps none. */
export const totals = z.object({
  entered: total, primary: total, alternate: total,
  /** How often queues got a message that was published to the exchange, also through our own; of taps, too. */
  routed: total.optional(),
  /** Of each tap of the exchange. */
  taps: z.record(z.string(), z.number()).optional(),
  /** Each key that a tap is bound with leads to a queue of the flow as well. */
  tapsFit: z.boolean().optional(),
  /** Messages per second that went in or out. */
  perSecond: total.optional(),
  /** Another node has other totals. */
  nodes: z.record(z.string(), z.string()).optional(),
});
export type Totals = z.infer<typeof totals>;

/** The statistics are some seconds old. @throws ManagementError */
export async function totalsOf(broker: BrokerAccess, what: Rerouted): Promise<Totals> {
  const { vhost, target } = what.diversion;
  const { exchange: entry, workQueue } = primaryOf(what);
  const [exchange, primary, alternate] = await Promise.all([
    broker.read.get(`${apiPath`exchanges/${vhost}/${entry}`}?columns=message_stats`, `exchange ${entry}`, broker.signal),
    readQueueNow(broker, workQueue), readQueueNow(broker, target),
  ]);
  const { taps, tapsFit } = await tapTotals(broker, what);
  const stats = record(record(exchange.body)['message_stats']);
  const rateOf = (name: string) => record(stats[name])['rate'];
  const rates = [rateOf('publish_in_details'), rateOf('publish_out_details')];
  return {
    entered: whole(stats['publish_in']) ?? 0, primary: primary?.totals?.published ?? null, alternate: alternate?.totals?.published ?? null,
    routed: whole(stats['publish_out']) ?? 0, taps, tapsFit, perSecond: Math.max(0, ...rates.map((rate) => (typeof rate === 'number' ? rate : 0))),
  };
}

/** What a reroute counts from. @throws ManagementError */
export async function baselineOf(broker: BrokerAccess, what: Rerouted): Promise<Totals> {
  const nodes = await readNodes(broker);
  return { ...await totalsOf(broker, what), nodes };
}

/** How much a total has grown; null where the broker counts anew since, or not at all. */
export function grown(former: number | null | undefined, current: number | null | undefined): number | null {
  return former == null || current == null || current < former ? null : current - former;
}

async function tapTotals(broker: BrokerAccess, { diversion: act, over }: Rerouted): Promise<{ taps: Record<string, number>; tapsFit: boolean }> {
  const { exchange, workQueue } = primaryOf({ diversion: act, over });
  const ours = [act.names.exchange, ...(over === null ? [] : [over.diversion.names.exchange])];
  const bound = (await Promise.all([
    readBindingsFrom(broker.read, act.vhost, exchange, broker.signal), ...ours.map((name) => readBindingsFrom(broker.read, act.vhost, name, broker.signal).catch(() => [])),
  ])).flat().filter(({ destinationType }) => destinationType === 'queue');
  const identity = ({ routingKey, arguments: args }: BrokerBinding) => bindingIdentity({ key: routingKey, args });
  const ofFlow = new Set([...[...act.bindings, ...(over?.diversion.bindings ?? [])].map(bindingIdentity), ...bound.filter(({ destination }) => destination === workQueue).map(identity)]);
  const tapped = bound.filter(({ destination }) => isTapQueue(destination));
  const counted = await Promise.all([...new Set(tapped.map(({ destination }) => destination))].map(async (tap) => [tap, (await readQueueNow(broker, tap))?.totals?.published ?? 0] as const));
  return { taps: Object.fromEntries(counted), tapsFit: tapped.every((binding) => ofFlow.has(identity(binding))) };
}
