import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManagementClient } from '../management/management-client';
import { lookAtBroker } from './broker-look';

const never = new AbortController().signal;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers by path, as RabbitMQ 3.10.8 was seen to give them; what is not listed does not exist. */
async function broker(answers: Record<string, unknown>): Promise<{ client: ManagementClient; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!.replace('/api/', '').split('?')[0]!;
    asked.push(request.url!.replace('/api/', ''));
    const answer = answers[path] as { status?: number; body?: unknown } | undefined;
    response.writeHead(answer?.status ?? (answer ? 200 : 404), { 'content-type': 'application/json' }).end(JSON.stringify(answer?.body ?? { error: 'Object Not Found', reason: 'Not Found' }));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const client = new ManagementClient({ settings: { management: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, credentials: { user: 'u', password: 'p' }, timeoutMs: 5_000 });
  closing.push(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });
  return { client, asked };
}

const overview = (more: object = {}) => ({ body: { rabbitmq_version: '3.10.8', product_name: 'RabbitMQ', rates_mode: 'basic', disable_stats: false, ...more } });
const list = (...items: unknown[]) => ({ body: { items, total_count: items.length, page_count: 1 } });
const look = (client: ManagementClient, vhosts: string[] = [], expected: string[] = []) => lookAtBroker(client, vhosts, new Set(expected), never);

describe('a look at a broker', () => {
  it('knows depth alone where the broker keeps no statistics: rates, consumers and bytes are unknown, not 0', async () => {
    const { client, asked } = await broker({
      overview: overview({ disable_stats: true }),
      nodes: { body: [{ name: 'rabbit@a', running: true }] },
      'health/checks/alarms': { status: 503, body: { status: 'failed', reason: 'alarms', alarms: [{ resource: 'disk space', node: 'rabbit@a' }, { resource: 'memory', node: 'rabbit@b' }] } },
      queues: list({ name: 'work', vhost: '/', type: 'quorum', state: 'running', messages_ready: 17, messages_unacknowledged: 3 }),
    });
    const seen = await look(client);
    expect(seen.queues).toEqual([{ name: 'work', vhost: '/', type: 'quorum', state: 'running', ready: 17n, unacked: 3n, consumers: null, bytes: null, headTimestamp: null, isPriority: false, reductions: null, totals: null }]);
    expect(seen.state).toMatchObject({ alarms: ['disk:rabbit@a', 'memory:rabbit@b'], blockedConnections: null });
    expect(asked.find((path) => path.startsWith('queues'))).toContain('disable_stats=true&enable_queue_totals=true');
  });

  it('knows no totals where the broker counts nothing, and still everything else', async () => {
    const { client } = await broker({
      overview: overview({ rates_mode: 'none' }),
      nodes: { body: [{ name: 'rabbit@a', running: true, mem_alarm: false, disk_free_alarm: false, partitions: [], os_pid: '1', uptime: 1 }] },
      queues: list({ name: 'work', vhost: '/', type: 'classic', state: 'running', messages_ready: 1, messages_unacknowledged: 0, consumers: 0, message_bytes: 2 }),
    });
    const seen = await look(client);
    expect(seen.queues[0]).toMatchObject({ ready: 1n, consumers: 0, totals: null });
    expect(seen.state).toMatchObject({ alarms: [], blockedConnections: 0 });
  });

  it('takes absent statistics of a queue for 0 only where the broker counts, and absent depth for unknown', async () => {
    const { client } = await broker({ overview: overview(), nodes: { body: [] }, queues: list({ name: 'new', vhost: '/' }) });
    expect((await look(client)).queues[0]).toMatchObject({ ready: null, unacked: null, consumers: null, totals: { entered: 0n, delivered: 0n, left: 0n, redelivered: 0n } });
  });

  it('has no all-clear where alarms cannot be asked for', async () => {
    const { client } = await broker({ overview: overview(), nodes: { status: 401, body: { error: 'not_authorised', reason: 'Not monitor user' } }, queues: list() });
    expect((await look(client)).state).toEqual({ nodes: null, alarms: null, blockedConnections: null });
  });

  it('looks at connections only while there is an alarm', async () => {
    const node = { name: 'rabbit@a', running: true, mem_alarm: true, disk_free_alarm: false, partitions: [], os_pid: '1', uptime: 1 };
    const { client } = await broker({ overview: overview(), nodes: { body: [node] }, queues: list(), connections: list({ state: 'running' }, { state: 'blocked' }, { state: 'blocking' }, { state: 'flow' }, []) });
    expect((await look(client)).state).toMatchObject({ alarms: ['memory:rabbit@a'], blockedConnections: 1 });
  });

  it('reads few virtual hosts one by one and many in one list', async () => {
    const answers = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((vhost) => [`queues/${vhost}`, list({ name: 'work', vhost })]));
    const { client, asked } = await broker({ overview: overview(), nodes: { body: [] }, queues: list({ name: 'work', vhost: 'a' }, { name: 'work', vhost: 'z' }), ...answers });
    expect((await look(client, ['a', 'b', 'missing'])).queues.map(({ vhost }) => vhost)).toEqual(['a', 'b']);
    asked.length = 0;
    const many = await look(client, ['a', 'b', 'c', 'd', 'e'], ['b', 'z']);
    expect(many.queues.map(({ vhost }) => vhost)).toEqual(['a']);
    // b shows no queue, so it is asked for; z is none of ours.
    expect(asked.filter((path) => path.startsWith('queues')).map((path) => path.split('?')[0])).toEqual(['queues', 'queues/b']);
    expect(many.unseen.size).toBe(0);
  });

  it('fails as a whole when what answers is no RabbitMQ', async () => {
    const { client } = await broker({ overview: { body: { name: 'something else' } } });
    await expect(look(client)).rejects.toThrow('not as RabbitMQ\'s management API does');
  });
});
