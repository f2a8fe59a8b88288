import { describe, expect, it } from 'vitest';
import type { BrokerExchange, BrokerQueue, BrokerTopology } from '../topology';
import { planTaps } from './tap-plan';
import { contracts, queueChannel } from './testing/contract-flows';

const exchange = (name: string, more: Partial<BrokerExchange> = {}): BrokerExchange => ({ vhost: '/', name, type: 'topic', durable: true, internal: false, alternateExchange: null, ...more });
const queue = (name: string, more: Partial<BrokerQueue> = {}): BrokerQueue => ({
  vhost: '/', name, type: 'classic', arguments: {}, deadLetterExchange: null, deadLetterRoutingKey: null, maxPriority: null, messageTtlMs: null, maxLength: null, overflow: null, deliveryLimit: null, ...more,
});
const binding = (source: string, destination: string, routingKey: string, args = {}) => ({ vhost: '/', source, destination, destinationType: 'queue' as const, routingKey, arguments: args, propertiesKey: routingKey });
const topology = (more: Partial<BrokerTopology>): BrokerTopology => ({ exchanges: [], queues: [], bindings: [], ...more });
const SOURCE = { id: 'rabbit-main', installation: 'test', vhosts: [] };
const plan = (wiring: BrokerTopology, ...channels: string[]) => planTaps(SOURCE, contracts(...channels.map((rest) => ({ channel: queueChannel('/', rest) }))).flows, wiring);

describe('planTaps', () => {
  it('puts channels of one exchange into one tap, with each key once', () => {
    const { taps, notes } = plan(topology({ exchanges: [exchange('x')] }), 'exchange: x, keys: [a, b], name: one', 'exchange: x, keys: [b, c], name: two');
    expect(notes).toEqual([]);
    expect(taps).toHaveLength(1);
    expect(taps[0]!.rules.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(taps[0]!.routes.map(({ channelId }) => channelId)).toEqual(['rabbit-main:queue:/:one', 'rabbit-main:queue:/:two']);
    expect(taps[0]!.queue).toMatch(/^signalbox\.tap\.test\.rabbit-main\.[0-9a-f]{12}$/);
  });

  it('takes the keys of the queue\'s own bindings where the contract names none, and its arguments on headers exchanges', () => {
    const wiring = topology({ exchanges: [exchange('x'), exchange('h', { type: 'headers' })], bindings: [binding('x', 'one', 'k.#'), binding('h', 'two', '', { kind: 'a' }), binding('x', 'other', 'not mine')] });
    const { taps } = plan(wiring, 'exchange: x, name: one', 'exchange: h, keys: [ignored], name: two');
    expect(taps.map(({ rules }) => rules)).toEqual([[{ key: 'k.#', args: {} }], [{ key: '', args: { kind: 'a' } }]]);
  });

  it('knows the keys of a queue whose messages a hold diverts, and a reroute over it, by bindings alone', () => {
    const [park, route] = ['signalbox.park.0123456789ab', 'signalbox.route.0123456789ab'];
    const marker = (source: string, destination: string) => ({ ...binding(source, destination, destination), destinationType: 'exchange' as const });
    const wiring = topology({ exchanges: [exchange('x')], bindings: [
      marker('x', park), binding(park, park, 'k.1'), binding(park, 'signalbox.tap.test.rabbit-main.0123456789ab', 'k.9'), marker(park, route), binding(route, 'alternate', 'k.2'), binding('elsewhere', 'one', 'k.3'),
    ] });
    expect(plan(wiring, 'exchange: x, name: one').taps.map(({ rules }) => rules.map(({ key }) => key))).toEqual([['k.1', 'k.2']]);
  });

  it.each([
    ['refused', exchange('x', { alternateExchange: 'spare' }), 'has the alternate exchange "spare"'],
    ['refused', exchange('x', { type: 'x-consistent-hash' }), 'is of type x-consistent-hash, where a tap could take messages from their queues'],
    ['waiting', exchange('y'), 'does not exist; it is tapped once it does'],
  ])('%s: %j', (kind, known, words) => {
    const { taps, notes } = plan(topology({ exchanges: [known] }), 'exchange: x, keys: [k], name: one');
    expect(taps).toEqual([]);
    expect(notes).toEqual([{ kind, sentence: expect.stringContaining(words) }]);
  });

  it('looks only at the virtual hosts and the source that it is for', () => {
    const flows = contracts({ channel: queueChannel('/other', 'exchange: x, keys: [k], name: one') }).flows;
    const wiring = topology({ exchanges: [exchange('x', { vhost: '/other' })] });
    expect(planTaps({ id: 'rabbit-main', installation: 'test', vhosts: ['/'] }, flows, wiring)).toEqual({ taps: [], notes: [] });
    expect(planTaps({ id: 'another', installation: 'test', vhosts: [] }, flows, wiring)).toEqual({ taps: [], notes: [] });
    expect(planTaps(SOURCE, flows, wiring).taps).toHaveLength(1);
  });

  it.each([
    { name: 'the dead-letter queue\'s bindings', type: 'topic', queues: [queue('one', { deadLetterExchange: 'dlx' })], bindings: [binding('dlx', 'dead', 'one.#')], keys: ['one.#'] },
    { name: 'everything on a topic exchange', type: 'topic', queues: [queue('one', { deadLetterExchange: 'dlx' })], bindings: [], keys: ['#'] },
    { name: 'the dead-letter routing key', type: 'direct', queues: [queue('one', { deadLetterExchange: 'dlx', deadLetterRoutingKey: 'dead' })], bindings: [], keys: ['dead'] },
    { name: 'the original keys', type: 'direct', queues: [queue('one', { deadLetterExchange: 'dlx' })], bindings: [], keys: ['k'] },
    { name: 'no key on a fanout exchange', type: 'fanout', queues: [queue('one', { deadLetterExchange: 'dlx' })], bindings: [], keys: [''] },
  ])('taps dead letters by $name', ({ type, queues, bindings, keys }) => {
    const { taps } = plan(topology({ exchanges: [exchange('x'), exchange('dlx', { type })], queues, bindings }), 'exchange: x, keys: [k], name: one, deadLetter: { queue: dead }');
    const deadLetters = taps.find(({ purpose }) => purpose === 'dead-letters')!;
    expect(deadLetters.rules.map(({ key }) => key)).toEqual(keys);
    expect(deadLetters.deadLetters).toEqual([{ vhost: '/', originQueue: 'one', originChannelId: 'rabbit-main:queue:/:one', deadLetterChannelId: 'rabbit-main:queue:/:dead' }]);
  });

  it('says of dead letters through the default exchange which policy would show them', () => {
    const { taps, notes } = plan(topology({ exchanges: [exchange('x')], queues: [queue('one', { deadLetterExchange: '' })] }), 'exchange: x, keys: [k], name: one, deadLetter: { queue: dead }');
    expect(taps.map(({ purpose }) => purpose)).toEqual(['messages']);
    expect(notes[0]).toMatchObject({ kind: 'limit' });
    expect(notes[0]!.sentence).toContain(`'{"dead-letter-exchange":"one.dlx","dead-letter-routing-key":"dead"}'`);
    expect(notes[0]!.sentence).not.toContain('declare the queue anew');
  });
});
