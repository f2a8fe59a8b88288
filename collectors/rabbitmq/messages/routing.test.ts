import { describe, expect, it } from 'vitest';
import type { BrokerBinding, BrokerTopology } from '../topology';
import { bindingsMeet, bindingTakes, businessBindings, copiesToEveryBinding } from './routing';

const rule = (key: string, args: Record<string, unknown> = {}) => ({ key, args });

describe('bindingTakes', () => {
  it.each([
    ['direct', rule('a'), 'a', true], ['direct', rule('a'), 'a.b', false], ['fanout', rule(''), 'anything', true],
    ['topic', rule('a.*.c'), 'a.b.c', true], ['topic', rule('a.*.c'), 'a.c', false], ['topic', rule('#'), '', true], ['topic', rule('*'), '', false], ['topic', rule(''), '', true],
    ['x-random', rule('a'), 'a', false],
  ])('%s %j with key %j: %s', (type, binding, key, expected) => {
    expect(bindingTakes(type, binding, [key], {})).toBe(expected);
  });
  it('takes keys of a CC header as well', () => {
    expect(bindingTakes('direct', rule('b'), ['a', 'b'], {})).toBe(true);
  });
  it.each([
    [{ 'x-match': 'all', a: '1', b: '2' }, { a: '1', b: '2' }, true], [{ a: '1', b: '2' }, { a: '1' }, false], [{ 'x-match': 'any', a: '1', b: '2' }, { b: '2' }, true],
    [{ 'x-match': 'all', 'x-kind': 'k' }, {}, true], [{ 'x-match': 'all-with-x', 'x-kind': 'k' }, {}, false], [{ a: null }, { a: 'present' }, true], [{}, {}, true],
  ])('headers %j with %j: %s', (args, headers, expected) => {
    expect(bindingTakes('headers', rule('', args), [''], headers)).toBe(expected);
  });
});

describe('business routes', () => {
  const binding = (source: string, destination: string, destinationType: 'queue' | 'exchange' = 'queue'): BrokerBinding => ({ vhost: '/', source, destination, destinationType, routingKey: 'k', arguments: {}, propertiesKey: 'k' });
  const bindings = [binding('x', 'signalbox.tap.s.1'), binding('x', 'work'), binding('x', 'inner', 'exchange'), binding('x', 'loop', 'exchange'), binding('inner', 'deep'), binding('loop', 'x2', 'exchange'), binding('x2', 'loop', 'exchange'), binding('x2', 'signalbox.tap.s.2')];
  const topology: BrokerTopology = { exchanges: [], queues: [], bindings };

  it('are those that reach a queue that is not ours, through other exchanges too', () => {
    expect(businessBindings(bindings.filter(({ source }) => source === 'x'), topology).map(({ destination }) => destination)).toEqual(['work', 'inner']);
  });
  it('meet a binding when some message can reach both', () => {
    expect([bindingsMeet('topic', rule('a.#'), rule('*.b')), bindingsMeet('topic', rule('a.#'), rule('b')), bindingsMeet('direct', rule('a'), rule('b')), bindingsMeet('headers', rule('', { a: 1, b: 2 }), rule('', { b: 2, a: 1 }))]).toEqual([true, false, false, true]);
  });
  it('exist only where bindings copy', () => {
    expect(['direct', 'x-consistent-hash', 'x-random', 'x-delayed-message', 'topic'].map(copiesToEveryBinding)).toEqual([true, false, false, false, true]);
  });
});
