import { expect, it } from 'vitest';
import { INTERFACES } from './interfaces';
import { headersOf, ownKey, patternOf, queueInsteadOf, routingKeyOf, tableInsteadOf, WORK_QUEUES } from './queues';

const charge = {
  facts: { messageId: 'CHG-1', claim: 'CLM1', charge: 'CH1', facility: 'MH110', department: '7010', payer: '60410', amount: '12.50', currency: 'USD' },
  details: {},
};
const charges = WORK_QUEUES.find(({ event }) => event === 'charge');
if (charges === undefined) throw new Error('There are no charges');

it('makes the routing key of what a message is about, and binds queues to its first word', () => {
  expect(routingKeyOf(charges, charge)).toBe('charge.MH110.60410');
  expect(patternOf(charges)).toBe('charge.#');
  const { payer: _payer, ...facts } = charge.facts;
  expect(() => routingKeyOf(charges, { facts, details: {} })).toThrow('Message CHG-1 has no payer');
});

it('puts aside what was led to a queue under the queue’s own word, so that it comes back to this one', () => {
  const southgate = WORK_QUEUES.find(({ queue }) => queue === 'southgate.claims');
  expect(southgate?.exchange).toBeNull();
  expect(southgate && ownKey(southgate, 'claim.60410.MH110')).toBe('southgate-claim.60410.MH110');
  expect(ownKey(charges, 'charge.MH110.60410')).toBe('charge.MH110.60410');
});

it('tells places and keys in headers, and amounts in the body only', () => {
  expect(headersOf(charge)).toEqual({ facility: 'MH110', department: '7010', payer: '60410', 'claim-control-number': 'CLM1' });
});

it('knows table and queue of a hand-over from one another', () => {
  for (const { queue } of WORK_QUEUES) {
    const table = tableInsteadOf(queue);
    expect(table && queueInsteadOf(table.table, table.destination)?.queue).toBe(queue);
  }
  expect(queueInsteadOf(INTERFACES.journal, 'erp')).toBeUndefined();
  expect(tableInsteadOf('nobody’s')).toBeUndefined();
});
