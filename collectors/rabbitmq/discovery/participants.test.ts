import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManagementClient } from '../management/management-client';
import { readConsumers, readPublishers } from './participants';

const never = new AbortController().signal;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function broker(answers: Record<string, { status?: number; body: unknown }>): Promise<ManagementClient> {
  const server = createServer((request, response) => {
    const answer = answers[request.url!.replace('/api/', '').split('?')[0]!];
    response.writeHead(answer?.status ?? (answer ? 200 : 404), { 'content-type': 'application/json' }).end(JSON.stringify(answer?.body ?? { error: 'Object Not Found', reason: 'Not Found' }));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const client = new ManagementClient({ settings: { management: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, credentials: { user: 'u', password: 'p' }, timeoutMs: 5_000 });
  closing.push(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });
  return client;
}

describe('who uses a broker', () => {
  it('names publishers only where the broker counts by channel', async () => {
    const exchanges = [{ vhost: '/', name: 'claims' }];
    const incoming = { body: { incoming: [{ channel_details: { user: 'billing' } }, { channel_details: { user: 'billing' } }, {}] } };
    const detailed = await broker({ overview: { body: { rates_mode: 'detailed' } }, 'exchanges/%2F/claims': incoming });
    expect(await readPublishers(detailed, exchanges, never)).toEqual([{ vhost: '/', name: 'claims', user: 'billing' }]);
    const basic = await broker({ overview: { body: { rates_mode: 'basic' } }, 'exchanges/%2F/claims': incoming });
    expect(await readPublishers(basic, exchanges, never)).toBeNull();
  });

  it('does not take a broker without statistics for one without consumers', async () => {
    const silent = await broker({ consumers: { status: 400, body: { error: 'bad_request', reason: 'Stats in management UI are disabled on this node' } } });
    expect(await readConsumers(silent, never)).toBeNull();
    const told = await broker({ consumers: { body: [{ queue: { name: 'work', vhost: '/' }, channel_details: { user: 'erp' } }, { queue: { name: 'work', vhost: '/' }, channel_details: [] }] } });
    expect(await readConsumers(told, never)).toEqual([{ vhost: '/', name: 'work', user: 'erp' }]);
  });
});
