import { expect, it } from 'vitest';
import { topology } from './topology';

const { exchanges, queues, bindings } = topology();

it('binds what it declares, each once', () => {
  const places = bindings.map(({ exchange, queue, key }) => `${exchange} ${queue} ${key}`);
  expect(new Set(places).size).toBe(places.length);
  const declaredExchanges = exchanges.map(({ name }) => name);
  const declaredQueues = queues.map(({ name }) => name);
  expect(new Set([...declaredExchanges, ...declaredQueues.filter((name) => name !== 'unrouted')]).size).toBe(exchanges.length + queues.length - 1);
  for (const { exchange, queue } of bindings) {
    expect(declaredExchanges).toContain(exchange);
    expect(declaredQueues).toContain(queue);
  }
  for (const { name } of queues) expect(bindings.map(({ queue }) => queue), name).toContain(name);
});

it('leads every dead letter and every retry somewhere that is named', () => {
  const targets = queues.flatMap(({ arguments: args }) => args['x-dead-letter-exchange'] ?? []);
  expect(new Set(targets)).toEqual(new Set(['dead-letters', 'requeue']));
  expect(exchanges.map(({ name }) => name)).toEqual(expect.arrayContaining(targets));
});

it('has an alternate exchange on the notices only, so that everything else can be copied', () => {
  expect(exchanges.filter(({ arguments: args }) => 'alternate-exchange' in args).map(({ name }) => name)).toEqual(['inventory.notices']);
});

it('has work queues of both types', () => {
  const types = Object.fromEntries(queues.map(({ name, arguments: args }) => [name, args['x-queue-type']]));
  expect([types['erp.usage'], types['billing.charges'], types['billing.remittances']]).toEqual(['quorum', 'classic', 'quorum']);
});
