import { expect, it } from 'vitest';
import { SYSTEMS } from '../vocabulary';
import { brokerAccounts, brokerPasswordOf, brokerUrlOf, OBSERVER, OPERATOR } from './accounts';
import { topology } from './topology';

const broker = { url: 'amqp://admin:p%40ss@broker.internal:5673', managementUrl: 'http://broker.internal:15672' };
const accounts = brokerAccounts(broker);
const names = [...new Set([...topology().exchanges, ...topology().queues].map(({ name }) => name))].toSorted();
const permitted = (user: string, what: 'configure' | 'write' | 'read') => {
  const pattern = accounts.find((account) => account.user === user)?.[what];
  return names.filter((name) => pattern !== undefined && new RegExp(pattern).test(name));
};

it('lets every application do what it does, and nothing else', () => {
  expect(permitted('meridian-inventory', 'write')).toEqual(['inventory.events', 'inventory.notices']);
  expect(permitted('meridian-inventory', 'read')).toEqual([]);
  expect(permitted('meridian-integration-engine', 'read')).toEqual(['billing.charges', 'clearinghouse.claims', 'erp.usage', 'southgate.claims']);
  expect(permitted('meridian-integration-engine', 'write')).toEqual(['partner.events', 'retry.10s', 'retry.2s', 'retry.30s']);
  expect(permitted('meridian-billing', 'read')).toEqual(['billing.remittances']);
  expect(permitted('meridian-billing', 'write')).toEqual(['billing.events', 'retry.10s', 'retry.2s', 'retry.30s']);
  for (const { user, tags } of accounts) {
    expect(permitted(user, 'configure')).toEqual([]);
    if (user.startsWith('meridian-')) expect(tags).toBe('');
  }
});

it('lets the observer bind queues of its own to events and dead letters, and touch no queue of the network', () => {
  expect(permitted(OBSERVER, 'read')).toEqual(['billing.events', 'dead-letters', 'inventory.events', 'inventory.notices', 'partner.events']);
  expect(permitted(OBSERVER, 'write')).toEqual([]);
  const { configure, write, read } = accounts.find(({ user }) => user === OBSERVER) ?? { configure: '', write: '', read: '' };
  for (const pattern of [configure, write, read]) {
    expect('signalbox.tap.erp').toMatch(new RegExp(pattern));
    expect('signalboxAtap.erp').not.toMatch(new RegExp(pattern));
  }
});

it('lets the operator bind everything, publish everywhere and take what waits or failed, but make and delete only what is its own', () => {
  const account = accounts.find(({ user }) => user === OPERATOR);
  const own = 'signalbox.';
  expect(account?.tags).toBe('administrator');
  expect(permitted(OPERATOR, 'write')).toEqual(names);
  expect(permitted(OPERATOR, 'read').filter((name) => topology().queues.some((queue) => queue.name === name && name !== 'unrouted'))).toEqual([
    'billing.charges', 'billing.charges.dead', 'billing.remittances', 'billing.remittances.dead', 'clearinghouse.claims', 'clearinghouse.claims.dead',
    'erp.usage', 'erp.usage.dead', 'southgate.claims', 'southgate.claims.dead',
  ]);
  const { configure, write, read } = account ?? { configure: '', write: '', read: '' };
  for (const pattern of [configure, write, read]) {
    expect([`${own}park.erp`, `${own}tap.erp`, 'signalboxAnything', 'erp.usage.more'].map((name) => new RegExp(pattern).test(name))).toEqual([true, true, false, false]);
  }
});

it('gives every user a password of its own that stays the same and is not the administrator’s', () => {
  const passwords = accounts.map(({ password }) => password);
  expect(new Set(passwords).size).toBe(accounts.length);
  expect(passwords.join()).not.toContain('p@ss');
  expect(brokerAccounts(broker).map(({ password }) => password)).toEqual(passwords);
  expect(passwords).toContain(brokerPasswordOf(broker, OBSERVER));
});

it('tells a system the broker as itself, and one without business there nothing', () => {
  const { password } = accounts.find(({ user }) => user === 'meridian-billing') ?? { password: '' };
  expect(brokerUrlOf(broker, 'billing')).toBe(`amqp://meridian-billing:${password}@broker.internal:5673/meridian`);
  expect(SYSTEMS.filter((system) => brokerUrlOf(broker, system) !== undefined)).toEqual(['inventory', 'billing', 'middleware']);
});
