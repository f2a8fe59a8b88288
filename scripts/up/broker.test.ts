import { expect, test } from 'vitest';
import { openBroker, type BrokerRequest } from './broker';

/** Nothing of the rest is needed as long as no node is started. */
function request(environment: Record<string, string>, sandbox = true): BrokerRequest {
  const needed: Partial<BrokerRequest> = { environment: { NODE_ENV: 'test', PATH: '', ...environment }, sandbox };
  return needed as BrokerRequest;
}

test('says what is off without RabbitMQ, and how to turn it on', async () => {
  const { broker, note } = await (await openBroker(request({}))).settled;
  expect(broker).toBeUndefined();
  expect(note).toMatch(/interface tables only.*npm run sandbox:install.*RABBITMQ_URL/);
});

test('without the sandbox no broker is wanted and none is missed', async () => {
  const { broker, note } = await (await openBroker(request({ RABBITMQ_URL: 'amqp://nobody@127.0.0.1:1' }, false))).settled;
  expect([broker, note]).toEqual([undefined, undefined]);
});

test('refuses an address that is no broker’s, without repeating its password', async () => {
  await expect(openBroker(request({ RABBITMQ_URL: 'http://admin:s3cret@127.0.0.1:5672' }))).rejects.toThrow(/^RABBITMQ_URL is not an AMQP address: write it as amqp:\/\/user:password@host:5672\.$/);
  await expect(openBroker(request({ RABBITMQ_URL: 'not an address' }))).rejects.toThrow('RABBITMQ_URL is not a URL');
  await expect(openBroker(request({ RABBITMQ_URL: 'amqp://admin:s3cret@127.0.0.1:1', RABBITMQ_MANAGEMENT_URL: 'http://127.0.0.1:1' }))).rejects.toThrow(
    /^RabbitMQ's management API at 127\.0\.0\.1:1 does not answer: .*RABBITMQ_MANAGEMENT_URL\.$/,
  );
});
