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
import type { Diversion } from '../park/diversion';

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
export async function totalsOf(broker: BrokerAccess, act: Diversion): Promise<Totals> {
  const [exchange, primary, alternate] = await Promise.all([
    broker.read.get(`${apiPath`exchanges/${act.vhost}/${act.exchange}`}?columns=message_stats`, `exchange ${act.exchange}`, broker.signal),
    readQueueNow(broker, act.workQueue), readQueueNow(broker, act.target),
  ]);
  const { taps, tapsFit } = await tapTotals(broker, act);
  const stats = record(record(exchange.body)['message_stats']);
  const rateOf = (name: string) => record(stats[name])['rate'];
  const rates = [rateOf('publish_in_details'), rateOf('publish_out_details')];
  return {
    entered: whole(stats['publish_in']) ?? 0, primary: primary?.totals?.published ?? null, alternate: alternate?.totals?.published ?? null,
    routed: whole(stats['publish_out']) ?? 0, taps, tapsFit, perSecond: Math.max(0, ...rates.map((rate) => (typeof rate === 'number' ? rate : 0))),
  };
}

/** What a reroute counts from. @throws ManagementError */
export async function baselineOf(broker: BrokerAccess, act: Diversion): Promise<Totals> {
  const nodes = await readNodes(broker);
  return { ...await totalsOf(broker, act), nodes };
}

/** How much a total has grown; null where the broker counts anew since, or not at all. */
export function grown(former: number | null | undefined, current: number | null | undefined): number | null {
  return former == null || current == null || current < former ? null : current - former;
}

async function tapTotals(broker: BrokerAccess, { vhost, exchange, workQueue, bindings, names }: Diversion): Promise<{ taps: Record<string, number>; tapsFit: boolean }> {
  const bound = (await Promise.all([
    readBindingsFrom(broker.read, vhost, exchange, broker.signal), readBindingsFrom(broker.read, vhost, names.exchange, broker.signal).catch(() => []),
  ])).flat().filter(({ destinationType }) => destinationType === 'queue');
  const identity = ({ routingKey, arguments: args }: BrokerBinding) => bindingIdentity({ key: routingKey, args });
  const ofFlow = new Set([...bindings.map(bindingIdentity), ...bound.filter(({ destination }) => destination === workQueue).map(identity)]);
  const tapped = bound.filter(({ destination }) => isTapQueue(destination));
  const counted = await Promise.all([...new Set(tapped.map(({ destination }) => destination))].map(async (tap) => [tap, (await readQueueNow(broker, tap))?.totals?.published ?? 0] as const));
  return { taps: Object.fromEntries(counted), tapsFit: tapped.every((binding) => ofFlow.has(identity(binding))) };
}
