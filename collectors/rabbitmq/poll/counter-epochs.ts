/**
 * Finds where a queue's totals begin anew, so that no rate is ever taken across that point.
 *
 * RabbitMQ gives neither a queue nor its statistics an identity, so a beginning is concluded:
 * - a node started, stopped or was replaced (process id, uptime): every node keeps a share of each queue's totals in
 *   memory and loses it with its process, so all queues begin anew;
 * - a queue was not in a complete list and is there again: it was deleted and declared anew;
 * - any total is lower than before: statistics were reset, or the queue was replaced between two looks;
 * - the work of the queue's own process (`reductions`) is lower than before: the queue was replaced or has a new leader,
 *   even where its totals have already overtaken the former ones;
 * - this process began to look: totals may have begun anew while nobody looked.
 * Each costs at most one interval without a rate.
 */
import type { BrokerNode } from './broker-state';
import type { QueueFigures, QueueTotals } from './queue-figures';

interface Series {
  vhost: string;
  epoch: string;
  totals: QueueTotals | null;
  reductions: bigint | null;
}

export class CounterEpochs {
  #series = new Map<string, Series>();
  #nodes = new Map<string, { processId: string; uptimeMs: number }>();

  /**
   * To be called once per successful look, before its queues are asked for.
   *
   * @param nodes null where they are not known; then the totals alone tell
   * @param isWhole whether all queues of a virtual host are among `present`
   */
  beginLook(nodes: readonly BrokerNode[] | null, present: readonly Pick<QueueFigures, 'vhost' | 'name'>[], isWhole: (vhost: string) => boolean): void {
    if (nodes !== null && this.#nodesChanged(nodes)) this.#series.clear();
    const keys = new Set(present.map(keyOf));
    for (const [key, { vhost }] of this.#series) if (!keys.has(key) && isWhole(vhost)) this.#series.delete(key);
  }

  /** @param sampleTime of this look; names the epoch if one begins */
  epochOf(queue: Pick<QueueFigures, 'vhost' | 'name' | 'totals' | 'reductions'>, sampleTime: number): string {
    const key = keyOf(queue);
    const series = this.#series.get(key);
    const epoch = series === undefined || wentBack(series, queue) ? new Date(sampleTime).toISOString() : series.epoch;
    this.#series.set(key, { vhost: queue.vhost, epoch, totals: queue.totals ?? series?.totals ?? null, reductions: queue.reductions ?? series?.reductions ?? null });
    return epoch;
  }

  /** Right after a node's start its process and uptime are not told yet; until then it counts as it was. */
  #nodesChanged(nodes: readonly BrokerNode[]): boolean {
    let changed = false;
    const seen = new Set<string>();
    for (const { name, isRunning, processId, uptimeMs } of nodes) {
      if (!isRunning) continue;
      seen.add(name);
      if (processId === '' || uptimeMs === null) continue;
      const known = this.#nodes.get(name);
      if (known === undefined || known.processId !== processId || uptimeMs < known.uptimeMs) changed = true;
      this.#nodes.set(name, { processId, uptimeMs });
    }
    for (const name of this.#nodes.keys()) {
      if (seen.has(name)) continue;
      this.#nodes.delete(name);
      changed = true;
    }
    return changed;
  }
}

const keyOf = ({ vhost, name }: Pick<QueueFigures, 'vhost' | 'name'>) => `${vhost}\u0000${name}`;

function wentBack(before: Series, { totals, reductions }: Pick<QueueFigures, 'totals' | 'reductions'>): boolean {
  if (before.reductions !== null && reductions !== null && reductions < before.reductions) return true;
  const { totals: former } = before;
  if (former === null || totals === null) return false;
  return totals.entered < former.entered || totals.delivered < former.delivered || totals.left < former.left || totals.redelivered < former.redelivered;
}
