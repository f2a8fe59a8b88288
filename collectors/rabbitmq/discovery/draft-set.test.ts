import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { flowText, SOURCES } from '@/server/domain/contracts/testing/contract-texts';
import { binding, exchange, queue, topology } from '../testing/topologies';
import type { BrokerTopology } from '../topology';
import { draftSet, MAX_DRAFTS } from './draft-set';
import type { Participant, QueueFacts } from './participants';
import { Wiring, nameKey } from './queue-roles';

const SOURCE = { id: 'rabbit-main', name: 'Message broker', system: 'middleware' };

async function drafted(wired: BrokerTopology, { inForce = [], consumers = null, facts = [] }: { inForce?: string[]; consumers?: Participant[] | null; facts?: QueueFacts[] } = {}) {
  const flows = inForce.map((text, index) => parseContractFile(`in-force-${index}.yaml`, text).documents[0]!.body as FlowContract);
  const set = await draftSet(SOURCE, { sourceId: SOURCE.id, wiring: new Wiring(wired, new Set(facts.filter((fact) => fact.consumers).map((fact) => nameKey(fact.vhost, fact.name)))), facts: new Map(facts.map((fact) => [nameKey(fact.vhost, fact.name), fact])), consumers, publishers: null }, flows);
  const files = [SOURCES, ...inForce, ...set.drafts.map(({ yaml }) => yaml)].map((text, index) => parseContractFile(`file-${index}.yaml`, text));
  const resolved = resolveContracts(files, []);
  return { ...set, resolved, flow: (id: string) => resolved.set.flows.find(({ metadata }) => metadata.id === id) };
}

describe('drafts of a broker', () => {
  it('name exchange, keys, dead letters and the system that takes, each with its reason', async () => {
    const { drafts, flow, resolved } = await drafted(topology({
      exchanges: [exchange('claims'), exchange('claims.dlx')],
      queues: [queue('claims.work', { type: 'quorum', arguments: { 'x-dead-letter-exchange': 'claims.dlx' }, deadLetterExchange: 'claims.dlx' }), queue('claims.dead')],
      bindings: [binding('claims', 'claims.work', 'claim.*.new'), binding('claims', 'claims.work', 'claim.*.fix'), binding('claims.dlx', 'claims.dead', '#')],
    }), { consumers: [{ vhost: '/', name: 'claims.work', user: 'ERP' }], inForce: [flowText({ hop: 'takenBy: erp' })] });
    expect(resolved.problems).toEqual([]);
    expect(drafts.map(({ flowId }) => flowId)).toEqual(['claims-work']);
    expect(flow('claims-work')?.spec.path[0]).toMatchObject({
      channel: { source: 'rabbit-main', vhost: '/', exchange: 'claims', keys: ['claim.*.fix', 'claim.*.new'], name: 'claims.work', deadLetter: { exchange: 'claims.dlx', queue: 'claims.dead' } },
      takenBy: 'erp',
    });
    expect(flow('claims-work')?.metadata).toMatchObject({ lifecycle: 'draft', name: 'claims.work' });
    expect(drafts[0]?.guesses).toContainEqual({ at: 'spec.path[0].takenBy', value: 'erp', why: 'Broker user ERP consumes from it, and a system has that id.' });
    expect(drafts[0]?.guesses).toContainEqual({ at: 'spec.path[0].channel.deadLetter.queue', value: 'claims.dead', why: 'By its arguments and the bindings of exchange claims.dlx.' });
    expect(drafts[0]?.yaml).toContain('# guess: Messages were not looked at');
    expect(drafts[0]?.channels).toEqual(['rabbit-main:queue:/:claims.work', 'rabbit-main:exchange:%2F:claims']);
  });

  it('leave the exchange out where spans of two flows could not be told apart, and say so', async () => {
    const { drafts, flow, resolved } = await drafted(topology({
      exchanges: [exchange('events', 'fanout')],
      queues: [queue('billing'), queue('analytics')],
      bindings: [binding('events', 'billing', ''), binding('events', 'analytics', '')],
    }));
    expect(resolved.problems).toEqual([]);
    expect(flow('analytics')?.spec.path[0]?.channel).toMatchObject({ exchange: 'events' });
    expect(flow('billing')?.spec.path[0]?.channel).not.toHaveProperty('exchange');
    expect(drafts.find(({ flowId }) => flowId === 'billing')?.yaml).toContain('# Exchange events is left out: its messages also go to analytics');
  });

  it('give no draft to a queue whose name lies in another virtual host too', async () => {
    const { drafts, notes, resolved } = await drafted(topology({ queues: [queue('work'), queue('work', { vhost: 'test' })] }));
    expect(resolved.problems).toEqual([]);
    expect(drafts).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining('Queue work of virtual host test has no draft: flow work lies on a queue of the same name in another virtual host')]);
  });

  it('leave out what has a contract, dead-letter and retry queues, and ids that are taken', async () => {
    const { drafts, flow, resolved } = await drafted(topology({
      exchanges: [exchange('work'), exchange('retry'), exchange('dead')],
      queues: [
        queue('orders', { deadLetterExchange: 'retry' }), queue('orders.retry', { messageTtlMs: 5000, deadLetterExchange: 'work' }), queue('known', { deadLetterExchange: 'dead' }), queue('known.dead'),
        queue('signalbox.tap.rabbit-main.0123'), queue('amq.gen-abc'),
      ],
      bindings: [binding('work', 'orders', 'order.#'), binding('retry', 'orders.retry', '#'), binding('dead', 'known.dead', '#')],
    }), { inForce: [flowText({ id: 'orders', channel: '{ source: rabbit-main, kind: queue, name: known }' })] });
    expect(resolved.problems).toEqual([]);
    expect(drafts.map(({ flowId }) => flowId)).toEqual(['orders-2']);
    expect(flow('orders-2')?.spec.path[0]?.channel).not.toHaveProperty('deadLetter');
  });

  it('know a retry queue that the application itself fills by the consumers behind it', async () => {
    const wired = topology({
      exchanges: [exchange('work')],
      queues: [queue('orders'), queue('orders.retry', { messageTtlMs: 5000, deadLetterExchange: 'work' })],
      bindings: [binding('work', 'orders', 'orders.retry'), binding('work', 'orders', 'order.new')],
    });
    const facts = [{ vhost: '/', name: 'orders', state: 'running', messages: 700, consumers: 2, isTemporary: false }];
    const { drafts, flow } = await drafted(wired, { facts });
    expect(drafts.map(({ flowId }) => flowId)).toEqual(['orders']);
    expect(flow('orders')?.spec.slo?.backlog).toMatchObject({ warn: 1400, page: 14_000 });
  });

  it('give streams no levers', async () => {
    const { flow } = await drafted(topology({ queues: [queue('log', { type: 'stream' })] }));
    expect(flow('log')?.spec).not.toHaveProperty('pause');
    expect(flow('log')?.spec).not.toHaveProperty('replay');
  });

  it('take thresholds from limits that the queue has', async () => {
    const { flow } = await drafted(topology({ queues: [queue('short', { maxLength: 1000, messageTtlMs: 60_000 })] }));
    expect(flow('short')?.spec.slo?.backlog).toEqual({ warn: 500, page: 800, oldestWarn: 'PT15S', oldestPage: 'PT30S' });
  });

  it('are bounded, and say so', async () => {
    const { drafts, notes } = await drafted(topology({ queues: Array.from({ length: MAX_DRAFTS + 5 }, (_, index) => queue(`q${index}`)) }));
    expect(drafts).toHaveLength(MAX_DRAFTS);
    expect(notes).toEqual([`${MAX_DRAFTS + 5} queues have no contract; the first ${MAX_DRAFTS} are drafted. Activate some, or restrict the source to virtual hosts, and discover again.`]);
  });

  it('load whatever names people gave', async () => {
    const name = fc.oneof(fc.string({ minLength: 1, maxLength: 255, unit: 'grapheme' }), fc.constantFrom('00435', 'yes', '- a', 'a: b', '#', '*', '"', '\n', '{}', '~', 'ä', '…', 'null', ' '));
    await fc.assert(fc.asyncProperty(fc.uniqueArray(name, { maxLength: 12 }), fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), fc.array(fc.tuple(fc.nat(), fc.nat(), name), { maxLength: 20 }), async (names, exchanges, bound) => {
      const { resolved, drafts, notes } = await drafted(topology({
        exchanges: exchanges.map((one, index) => exchange(one, ['topic', 'direct', 'fanout', 'headers'][index % 4])),
        queues: names.map((one, index) => queue(one, { deadLetterExchange: index % 3 === 0 ? exchanges[0]! : index % 3 === 1 ? '' : null, deadLetterRoutingKey: index % 2 === 0 ? names[0]! : null })),
        bindings: bound.flatMap(([from, to, key]) => (names.length === 0 ? [] : [binding(exchanges[from % exchanges.length]!, names[to % names.length]!, key)])),
      }));
      expect(resolved.problems).toEqual([]);
      expect(new Set(drafts.map(({ flowId }) => flowId)).size).toBe(drafts.length);
      expect(drafts.length + notes.length).toBeLessThanOrEqual(names.length);
    }), { numRuns: 60 });
  });
});
