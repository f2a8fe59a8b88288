import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BrokerNode } from './broker-state';
import { CounterEpochs } from './counter-epochs';

const node = (uptimeMs: number | null, processId = '100', name = 'rabbit@a', isRunning = true): BrokerNode => ({ name, isRunning, partitions: [], processId, uptimeMs });
const work = (entered: number, reductions = 1_000) => ({ vhost: '/', name: 'work', totals: { entered: BigInt(entered), delivered: 0n, left: 0n, redelivered: 0n }, reductions: BigInt(reductions) });

function epochsOf(looks: { nodes: BrokerNode[] | null; queue: ReturnType<typeof work> | null; isComplete?: boolean }[]): (string | null)[] {
  const epochs = new CounterEpochs();
  return looks.map(({ nodes, queue, isComplete = true }, index) => {
    epochs.beginLook(nodes, queue ? [queue] : [], () => isComplete);
    return queue && epochs.epochOf(queue, index * 5_000);
  });
}

describe('epochs of counters', () => {
  it('stay while nothing begins anew', () => {
    expect(new Set(epochsOf([{ nodes: [node(1)], queue: work(5) }, { nodes: [node(5_001)], queue: work(5) }, { nodes: [node(10_001)], queue: work(9) }])).size).toBe(1);
  });

  it.each([
    ['a total went back', [{ nodes: null, queue: work(5) }, { nodes: null, queue: work(4) }]],
    ['the queue\'s process is another, though the totals are higher', [{ nodes: null, queue: work(5, 9_000) }, { nodes: null, queue: work(50, 800) }]],
    ['a node was restarted, though the totals are higher', [{ nodes: [node(900_000)], queue: work(5) }, { nodes: [node(3_000)], queue: work(50) }]],
    ['a node has another process of longer uptime', [{ nodes: [node(1_000)], queue: work(5) }, { nodes: [node(4_000, '7')], queue: work(50) }]],
    ['a node of a cluster stopped', [{ nodes: [node(1_000), node(1_000, '200', 'rabbit@b')], queue: work(5) }, { nodes: [node(6_000), node(null, '', 'rabbit@b', false)], queue: work(50) }]],
    ['the queue was gone for a look', [{ nodes: null, queue: work(5) }, { nodes: null, queue: null }, { nodes: null, queue: work(50) }]],
  ])('begin anew when %s', (_, looks) => {
    const epochs = epochsOf(looks);
    expect(epochs.at(-1)).not.toBe(epochs[0]);
  });

  it('stay when a list that changed while it was read lacks the queue, and while a starting node tells no uptime yet', () => {
    const absent = epochsOf([{ nodes: null, queue: work(5) }, { nodes: null, queue: null, isComplete: false }, { nodes: null, queue: work(50) }]);
    expect(absent[2]).toBe(absent[0]);
    const starting = epochsOf([{ nodes: [node(5_000)], queue: work(5) }, { nodes: [node(null, '')], queue: work(6) }]);
    expect(starting[1]).toBe(starting[0]);
  });

  it('never let a difference within one epoch be negative', () => {
    const look = fc.record({ entered: fc.nat(50), reductions: fc.nat(50), uptime: fc.option(fc.nat(50)), gone: fc.boolean(), isComplete: fc.boolean() });
    fc.assert(fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
      const epochs = epochsOf(looks.map(({ entered, reductions, uptime, gone, isComplete }) => ({ nodes: uptime === null ? null : [node(uptime)], queue: gone ? null : work(entered, reductions), isComplete })));
      const last = new Map<string, number>();
      looks.forEach(({ entered }, index) => {
        const epoch = epochs[index];
        if (epoch == null) return;
        expect(entered).toBeGreaterThanOrEqual(last.get(epoch) ?? 0);
        last.set(epoch, entered);
      });
    }));
  });
});
