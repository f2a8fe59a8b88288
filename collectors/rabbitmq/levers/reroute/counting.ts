/** By which totals of the broker it can be told that each message of a reroute reaches one queue. */
import { judgeConservation, type Imbalance, type PassedSince } from '@/server/domain/operations/conservation';
import { FIGURES_LAG_MS } from '@/collectors/runtime/operations/levers';
import { isOurs } from '../../own-names';
import type { BrokerAccess } from '../broker-access';
import { readNodes, type BrokerSight } from '../look-at-broker';
import type { Diversion } from '../park/diversion';
import { grown, type Totals } from './reroute-totals';
import type { CountingBasis } from './rerouting';

/** @returns why nothing tells it, as a sentence; empty otherwise */
export function countingOf({ topology: { bindings, exchanges } }: BrokerSight, act: Diversion, over: Diversion | null): { basis: CountingBasis; whyNot: string } {
  const { vhost, exchangeType } = act;
  // What a hold keeps enters where it did before.
  const { exchange, workQueue } = over ?? act;
  const ownNames = [act.names.exchange, ...(over === null ? [] : [over.names.exchange])];
  const here = bindings.filter((one) => one.vhost === vhost);
  const from = here.filter((one) => one.source === exchange && !isOurs(one.destination));
  const others = from.filter(({ destination, destinationType }) => destinationType !== 'queue' || destination !== workQueue);
  const into = [
    ...here.flatMap((one) => (one.destinationType === 'exchange' && one.destination === exchange ? [one.source] : [])),
    ...exchanges.flatMap((one) => (one.vhost === vhost && one.alternateExchange === exchange && !ownNames.includes(one.name) ? [one.name] : [])),
  ];
  const not = (because: string) => ({ basis: null, whyNot: `Nobody is told should messages get lost on the way: ${because}. Compare the figures yourself.` });
  if (others.length > 0) return not(`exchange "${exchange}" also leads to ${[...new Set(others.map(({ destination }) => `"${destination}"`))].slice(0, 3).join(', ')}, and the broker counts what enters it for all together`);
  if (into.length > 0) return not(`exchange "${exchange}" gets messages from "${into[0]}", too, which the broker counts there`);
  const keys = [...from.map(({ routingKey }) => routingKey), ...(over?.bindings ?? []).map(({ key }) => key)];
  const takesAll = exchangeType === 'fanout' || (exchangeType === 'topic' && keys.includes('#'));
  return { basis: takesAll ? 'exchange' : 'copies', whyNot: '' };
}

/** Looks of the last minute, by hold: totals can only be compared with those of some seconds before. */
const looks = new Map<string, PassedSince[]>();
const KEPT_MS = 60_000;

/**
 * Remembers this look and compares it with former ones of this process.
 *
 * @param since totals when the reroute began @param current totals now @param now epoch milliseconds
 * @returns null also where it is not known: no tap, totals that began anew, a reroute from before this was counted
 */
export async function imbalance(broker: BrokerAccess, holdId: string, basis: CountingBasis, { since, current, now }: { since: Totals; current: Totals; now: number }): Promise<Imbalance | null> {
  const passed = passedSince(basis, since, current);
  for (const [id, former] of looks) if ((former.at(-1)?.at ?? 0) < now - KEPT_MS) looks.delete(id);
  if (passed === null || since.perSecond == null || since.nodes === undefined) return null;
  const kept = [...(looks.get(holdId) ?? []).filter(({ at }) => at > now - KEPT_MS), { ...passed, at: now }];
  looks.set(holdId, kept);
  const found = judgeConservation(kept, { lagMs: FIGURES_LAG_MS, slack: Math.ceil(2 * since.perSecond * (FIGURES_LAG_MS / 1_000)) });
  // A broker that was restarted counts anew, which may look like growth by now.
  return found !== null && JSON.stringify(sorted(await readNodes(broker))) === JSON.stringify(sorted(since.nodes)) ? found : null;
}

function passedSince(basis: CountingBasis, since: Totals, current: Totals): Omit<PassedSince, 'at'> | null {
  const published = grown(since.entered, current.entered);
  const routed = grown(since.routed, current.routed);
  const taps = current.taps ?? {};
  // A tap that came later has counted from nought; one that is gone has taken its figure along.
  if (basis === null || published === null || routed === null || Object.keys(since.taps ?? {}).some((tap) => !(tap in taps))) return null;
  const copies = Object.entries(taps).map(([tap, count]) => grown(since.taps?.[tap] ?? 0, count));
  if (copies.includes(null) || (basis === 'copies' && (copies.length !== 1 || current.tapsFit !== true))) return null;
  const copied = copies.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return { entered: basis === 'exchange' ? published : copied, published, reached: routed - copied };
}

function sorted(nodes: Record<string, string>): [string, string][] {
  return Object.entries(nodes).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
