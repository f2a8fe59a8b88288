import { expect, it } from 'vitest';
import { WORK_QUEUES } from '../network/queues';
import { newMessageProperties, retryHeaders, triesOf } from './queue-message';

const message = { facts: { messageId: 'M1', facility: 'MH110', amount: '1.00' }, details: {} };

it('stamps the messages of one queue and not those of others', () => {
  const stamped = WORK_QUEUES.filter((queue) => newMessageProperties(queue, message, 'sender').timestamp !== undefined);
  expect(stamped.map(({ queue }) => queue)).toEqual(['billing.charges']);
});

it('counts tries and deliveries in headers, and keeps the history', () => {
  const history = [{ queue: 'erp.usage.retry.2s', reason: 'expired' }];
  const headers = retryHeaders({ facility: 'MH110', 'x-death': history }, { tries: 2, deliveries: 1 }, { code: 'ERP_503', text: 'x'.repeat(900) });
  expect(headers).toMatchObject({ facility: 'MH110', 'x-death': history, 'error-code': 'ERP_503' });
  expect(String(headers['error-text'])).toHaveLength(500);
  expect(triesOf(headers)).toEqual({ tries: 2, deliveries: 1 });
  expect(triesOf(undefined)).toEqual({ tries: 0, deliveries: 0 });
});
