import { expect, it } from 'vitest';
import { SYSTEMS } from '../vocabulary';
import { brokerAccounts, brokerUrlOf, OBSERVER, observerPassword } from './accounts';
import { topology } from './topology';

const broker = { url: 'amqp://admin:p%40ss@broker.internal:5673', managementUrl: 'http://broker.internal:15672' };
const accounts = brokerAccounts(broker);
const names = [...topology().exchanges, ...topology().queues].map(({ name }) => name);
const permitted = (user: string, what: 'configure' | 'write' | 'read') => {
  const pattern = accounts.find((account) => account.user === user)?.[what];
  return names.filter((name) => pattern !== undefined && new RegExp(pattern).test(name)).toSorted();
};

it('lets every application do what it does, and nothing else', () => {
  expect(permitted('meridian-inventory', 'write')).toEqual(['inventory.events', 'inventory.notices']);
  expect(permitted('meridian-inventory', 'read')).toEqual([]);
  expect(permitted('meridian-integration-engine', 'read')).toEqual(['billing.charges', 'erp.usage']);
  expect(permitted('meridian-integration-engine', 'write')).toEqual(['partner.events', 'retry.10s', 'retry.2s', 'retry.30s']);
  expect(permitted('meridian-billing', 'read')).toEqual(['billing.remittances']);
  for (const { user } of accounts) expect(permitted(user, 'configure')).toEqual([]);
});

it('lets the observer bind queues of its own to events and dead letters, and touch no queue of the network', () => {
  expect(permitted(OBSERVER, 'read')).toEqual(['dead-letters', 'inventory.events', 'inventory.notices', 'partner.events']);
  expect(permitted(OBSERVER, 'write')).toEqual([]);
  const { configure, write, read } = accounts.find(({ user }) => user === OBSERVER) ?? { configure: '', write: '', read: '' };
  for (const pattern of [configure, write, read]) {
    expect('signalbox.tap.erp').toMatch(new RegExp(pattern));
    expect('signalboxAtap.erp').not.toMatch(new RegExp(pattern));
  }
});

it('gives every user a password of its own that stays the same and is not the administrator’s', () => {
  const passwords = accounts.map(({ password }) => password);
  expect(new Set(passwords).size).toBe(accounts.length);
  expect(passwords.join()).not.toContain('p@ss');
  expect(brokerAccounts(broker).map(({ password }) => password)).toEqual(passwords);
  expect(passwords).toContain(observerPassword(broker));
});

it('tells a system the broker as itself, and one without business there nothing', () => {
  const { password } = accounts.find(({ user }) => user === 'meridian-billing') ?? { password: '' };
  expect(brokerUrlOf(broker, 'billing')).toBe(`amqp://meridian-billing:${password}@broker.internal:5673/meridian`);
  expect(SYSTEMS.filter((system) => brokerUrlOf(broker, system) !== undefined)).toEqual(['inventory', 'billing', 'middleware']);
});
