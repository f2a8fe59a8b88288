import { expect, it } from 'vitest';
import { readSettings } from './settings';

const read = (env: Record<string, string>) => readSettings({ NODE_ENV: 'test', SANDBOX_DATABASE_URL: 'postgres://sandbox@localhost/sandbox', ...env });

it('does without a broker unless it is told one', () => {
  expect(read({}).broker).toBeUndefined();
  expect(read({ SANDBOX_AMQP_URL: '' }).broker).toBeUndefined();
});

it('finds the management API on the usual port of the broker’s host', () => {
  const url = 'amqp://admin:secret@broker.internal:5673';
  expect(read({ SANDBOX_AMQP_URL: url }).broker).toEqual({ url, managementUrl: 'http://broker.internal:15672' });
  expect(read({ SANDBOX_AMQP_URL: url, SANDBOX_RABBITMQ_MANAGEMENT_URL: 'https://broker.internal/' }).broker?.managementUrl).toBe('https://broker.internal');
});

it('refuses a broker that is no AMQP address, without repeating its password', () => {
  expect(() => read({ SANDBOX_AMQP_URL: 'http://admin:secret@broker.internal' })).toThrow(/^SANDBOX_AMQP_URL is not an AMQP address: .*host:port$/);
});

it('puts the observers’ passwords beside the contracts unless told otherwise', () => {
  expect(read({}).credentialsOut).toBeUndefined();
  expect(read({ SANDBOX_CONTRACTS_OUT: '/data/contracts' }).credentialsOut).toBe('/data/contracts/.credentials');
  expect(read({ SANDBOX_CONTRACTS_OUT: '/data/contracts', SANDBOX_CREDENTIALS_OUT: '/data/c' }).credentialsOut).toBe('/data/c');
});
