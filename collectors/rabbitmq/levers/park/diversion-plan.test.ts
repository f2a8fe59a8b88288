import { describe, expect, it } from 'vitest';
import type { QueueChannel } from '@/server/domain/contracts/channel';
import { parkNames } from '../../own-names';
import { binding, exchange, queue, topology } from '../../testing/topologies';
import type { BrokerSight } from '../look-at-broker';
import { mayMeet, planDiversion } from './diversion-plan';

const channel: QueueChannel = { source: 'rabbit-main', kind: 'queue', vhost: '/', exchange: 'claims', name: 'work' };
const names = parkNames('hold');
const sight = (parts: Partial<BrokerSight> = {}): BrokerSight => ({
  topology: topology({ exchanges: [exchange('claims')], queues: [queue('work', { type: 'quorum' })], bindings: [binding('claims', 'work', 'claims.*'), binding('claims', 'signalbox.tap.test.s.1', 'claims.*')] }),
  policies: [], operatorPolicies: [], alarms: [], user: { tags: new Set(), permissions: [] }, nodes: {}, ...parts,
});
const plan = (given: BrokerSight) => planDiversion(given, channel, { names, exchangeArguments: {}, target: null, chosen: null });

describe('planDiversion', () => {
  it('ignores our own tap, and makes a queue like the work queue', () => {
    expect(plan(sight())).toMatchObject({ locks: [], diversion: { targetType: 'quorum', formerAlternate: null, policy: { priority: 1, definition: { 'alternate-exchange': names.exchange } } } });
  });

  it('outranks the policy in force, keeps its keys, and sends on what it sent on', () => {
    const policies = [{ name: 'ae', pattern: '^claims$', applyTo: 'exchanges', priority: 7, definition: { 'alternate-exchange': 'lost', 'other-key': 1 } }, { name: 'queues', pattern: '.*', applyTo: 'queues', priority: 90, definition: {} }];
    expect(plan(sight({ policies })).diversion).toMatchObject({ formerAlternate: 'lost', policy: { priority: 8, definition: { 'other-key': 1, 'alternate-exchange': names.exchange } }, queuePolicy: { priority: 91 } });
  });

  it('counts an exchange behind which another queue waits as a route', () => {
    const given = sight();
    given.topology.bindings.push(binding('claims', 'everything', '#', { destinationType: 'exchange' }));
    expect(plan(given).locks.map(({ code }) => code)).toEqual(['other-route']);
  });

  it.each([
    [{ 'x-match': 'all', kind: '837' }, { kind: '835' }, false], [{ kind: '837' }, { kind: '837' }, true], [{ kind: '837' }, { payer: 'a' }, true],
    [{ 'x-match': 'any', kind: '837', payer: 'a' }, { kind: '835' }, true], [{ kind: '' }, { kind: '835' }, true],
  ])('headers %j and %j may meet: %s', (a, b, expected) => {
    expect(mayMeet('headers', { key: '', args: a }, { key: '', args: b })).toBe(expected);
  });
});
