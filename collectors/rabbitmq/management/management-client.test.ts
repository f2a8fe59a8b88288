import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { queueFigures } from '../poll/queue-figures';
import { rows } from './json-values';
import { listPages } from './list-pages';
import { ManagementClient, apiPath } from './management-client';

const never = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Api { client: ManagementClient; address: string; seen: IncomingMessage[] }

async function api(answer: (request: IncomingMessage, response: ServerResponse) => void, timeoutMs = 5_000): Promise<Api> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new ManagementClient({ settings: { management: address }, credentials: { user: 'obs:erver', password: 'pä:ss' }, timeoutMs });
  closing.push(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });
  return { client, address, seen };
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
}

describe('the management client', () => {
  it('percent-encodes names, so that none reaches into the path', () => {
    expect(apiPath`queues/${'/'}/${'a/b?c#d%e ü'}`).toBe('queues/%2F/a%2Fb%3Fc%23d%25e%20%C3%BC');
    expect(() => apiPath`queues/${'/'}/${'..'}`).toThrow('cannot be asked for something called ".."');
  });

  it('authorises itself and keeps every digit of a total', async () => {
    const { client, seen } = await api((_, response) => json(response, '[{"name":"work","type":"classic","message_stats":{"publish":9007199254740993,"ack":18446744073709551615}}]'));
    const { body } = await client.get('queues', 'the queues', never);
    expect(queueFigures(rows(body)[0]!, 'full').totals).toEqual({ entered: 9007199254740993n, delivered: 0n, left: 18446744073709551615n, redelivered: 0n });
    expect(Buffer.from(seen[0]!.headers.authorization!.slice(6), 'base64').toString()).toBe('obs:erver:pä:ss');
    expect(seen[0]!.url).toBe('/api/queues');
  });

  it.each([
    ['a page of a proxy', (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>'), 'something other than RabbitMQ\'s JSON (text/html)'],
    ['a redirect to a sign-in', (response: ServerResponse) => response.writeHead(302, { location: 'https://login.example/' }).end(), 'sends to another address instead of answering (302)'],
    ['nothing there', (response: ServerResponse) => response.writeHead(404).end('nope'), 'has no management API there'],
    ['wrong credentials', (response: ServerResponse) => json(response, { error: 'not_authorized', reason: 'Login failed' }, 401), 'refused the user or the password'],
    ['a missing tag', (response: ServerResponse) => json(response, { error: 'not_authorised', reason: 'Not monitor user' }, 401), 'lacks the tag monitoring'],
    ['a refusal by a proxy', (response: ServerResponse) => response.writeHead(403).end('no'), 'refuses access to the queues (403)'],
    ['a broken broker', (response: ServerResponse) => json(response, { error: 'nodedown', reason: 'rabbit@b' }, 500), 'could not answer for the queues: 500, nodedown rabbit@b'],
    ['half an answer', (response: ServerResponse) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()), 'closed the connection before it answered'],
  ])('says what to do about %s, and never who it is', async (_, answer, words) => {
    const { client } = await api((__, response) => { answer(response); });
    const error = await client.get('queues', 'the queues', never).then(() => null, (problem: unknown) => problem as Error);
    expect(error?.message).toContain(words);
    expect(error?.message).not.toMatch(/obs:erver|pä:ss|Basic/);
  });

  it('gives up in time, and at once when aborted', async () => {
    const { client } = await api(() => undefined, 50);
    await expect(client.get('queues', 'the queues', never)).rejects.toThrow('did not answer for the queues within 0.05 s');
    const { client: patient } = await api(() => undefined, 60_000);
    const abort = new AbortController();
    const asked = patient.get('queues', 'the queues', abort.signal);
    abort.abort(new Error('The lease is lost.'));
    await expect(asked).rejects.toThrow('The lease is lost.');
  });

  it('does not read an answer without end', async () => {
    const { client } = await api((_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      const write = () => { if (!response.destroyed) response.write(chunk, write); };
      write();
    });
    await expect(client.get('queues', 'the queues', never)).rejects.toThrow('more than 32 MB');
  });

  it('asks again when a kept connection was closed by the broker in the meantime', async () => {
    let answered = 0;
    const { client } = await api((request, response) => {
      // The second request on a connection finds it closed.
      if (answered === 1) request.socket.resetAndDestroy();
      else json(response, {});
      answered++;
    });
    await client.get('overview', 'the overview', never);
    await expect(client.get('overview', 'the overview', never)).resolves.toMatchObject({ body: {} });
    expect(client.requests).toBe(3);
  });
});

describe('reading a list in pages', () => {
  const page = (items: number[], { total, pages }: { total: number; pages: number }) => ({ items: items.map((id) => ({ id })), total_count: total, page_count: pages });

  it('reads it again when it changed meanwhile, and says when it keeps changing', async () => {
    let asked = 0;
    const { client } = await api((_, response) => {
      asked++;
      // First reading: the total changes between its pages. Second: it stays.
      json(response, page([asked], { total: asked === 1 ? 3 : 2, pages: 2 }));
    });
    expect(await listPages(client, { path: 'queues', columns: ['id'], what: 'the queues' }, never)).toEqual({ items: [{ id: 3 }, { id: 4 }], isComplete: true });

    let total = 0;
    const restless = await api((_, response) => json(response, page([1], { total: total++, pages: 2 })));
    expect(await listPages(restless.client, { path: 'queues', columns: ['id'], what: 'the queues' }, never)).toMatchObject({ isComplete: false });
    expect(restless.client.requests).toBe(6);
  });

  it('takes a list that became shorter by a page as changed', async () => {
    let asked = 0;
    const { client } = await api((_, response) => {
      asked++;
      if (asked === 2) json(response, { error: 'page_out_of_range', reason: 'Page out of range' }, 400);
      else json(response, page([asked], { total: 1, pages: asked === 1 ? 2 : 1 }));
    });
    expect(await listPages(client, { path: 'queues', columns: ['id'], what: 'the queues' }, never)).toEqual({ items: [{ id: 3 }], isComplete: true });
  });
});
