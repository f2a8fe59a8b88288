import { describe, expect, it } from 'vitest';
import type { DiscoveredEdge, DiscoveredNode } from '@/server/domain/sources/discovery';
import { filterChannels, wireChannels } from './wired-channels';

const node = (kind: DiscoveredNode['kind'], id: string, flows: string[] = []): DiscoveredNode => ({ id, kind, name: id, facts: [], flows, notes: [] });
const edge = (from: string, to: string, kind: DiscoveredEdge['kind'], label = ''): DiscoveredEdge => ({ from, to, kind, label });

const TOPOLOGY = {
  nodes: [
    node('exchange', 'claims'), node('exchange', 'claims.dlx'), node('application', 'scrubber'),
    node('queue', 'claims.dlq'), node('queue', 'other.dlq'), node('queue', 'claims.work', ['claim-submit']), node('queue', 'audit'),
  ],
  edges: [
    edge('claims', 'claims.work', 'binding', 'claim.submit.#'), edge('claims', 'audit', 'binding', '#'),
    edge('claims.work', 'claims.dlx', 'dead-letter', 'claims'), edge('claims.dlx', 'claims.dlq', 'binding', 'claims'), edge('claims.dlx', 'other.dlq', 'binding', 'other'),
    edge('claims.work', 'scrubber', 'consumes'),
  ],
};

describe('channels with their wires', () => {
  const channels = wireChannels(TOPOLOGY);
  const names = (of: readonly { node: DiscoveredNode }[]) => of.map(({ node: { name } }) => name);

  it('puts a dead-letter channel after the channel that fails into it', () => {
    expect(names(channels)).toEqual(['other.dlq', 'claims.work', 'claims.dlq', 'audit']);
  });

  it('knows what leads in and who consumes, whichever way the wire points', () => {
    const work = channels.find(({ node: { id } }) => id === 'claims.work');
    expect(work?.arrivals).toMatchObject([{ node: { name: 'claims' }, label: 'claim.submit.#' }]);
    expect(names(work?.consumers ?? [])).toEqual(['scrubber']);
    const turned = wireChannels({ ...TOPOLOGY, edges: [edge('scrubber', 'claims.work', 'consumes')] });
    expect(names(turned.find(({ node: { id } }) => id === 'claims.work')?.consumers ?? [])).toEqual(['scrubber']);
  });

  it('follows dead letters through their exchange by the key they carry', () => {
    const work = channels.find(({ node: { id } }) => id === 'claims.work');
    expect(work?.deadLetters).toMatchObject([{ to: { node: { name: 'claims.dlx' }, label: 'claims' }, endsIn: [{ name: 'claims.dlq' }] }]);
    expect(channels.find(({ node: { id } }) => id === 'claims.dlq')?.failsFrom).toMatchObject([{ name: 'claims.work' }]);
  });

  it('tells a dead-letter channel from a work queue to which messages return', () => {
    const retried = wireChannels({
      nodes: [...TOPOLOGY.nodes, node('exchange', 'retry'), node('exchange', 'requeue'), node('queue', 'claims.retry')],
      edges: [...TOPOLOGY.edges, edge('retry', 'claims.retry', 'binding', 'claim.submit.#'), edge('claims.retry', 'requeue', 'dead-letter'), edge('requeue', 'claims.work', 'binding', 'claim.submit.#'), edge('requeue', 'audit', 'binding', 'audit.#')],
    });
    const of = (id: string) => retried.find((channel) => channel.node.id === id);
    expect(of('claims.dlq')?.isDeadLetter).toBe(true);
    expect(of('claims.work')).toMatchObject({ isDeadLetter: false, failsFrom: [{ name: 'claims.retry' }] });
    expect(of('audit')?.failsFrom).toEqual([]);
  });

  it('ends where queues fail into each other in a circle', () => {
    const circle = wireChannels({ nodes: [node('queue', 'a'), node('queue', 'b')], edges: [edge('a', 'b', 'dead-letter'), edge('b', 'a', 'dead-letter')] });
    expect(names(circle).toSorted()).toEqual(['a', 'b']);
  });

  it('finds channels by any name on their wires, and those that no flow covers', () => {
    expect(names(filterChannels(channels, { q: 'SCRUB', uncovered: false }))).toEqual(['claims.work']);
    expect(names(filterChannels(channels, { q: '', uncovered: true }))).toEqual(['other.dlq', 'claims.dlq', 'audit']);
    expect(filterChannels(channels, { q: 'claims nowhere', uncovered: false })).toEqual([]);
  });
});
