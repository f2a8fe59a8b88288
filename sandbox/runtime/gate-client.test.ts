import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gate } from './gate-client';
import { followGate } from './gate-client';

interface Asked { path: string; authorization: string | undefined; etag: string | undefined; response: ServerResponse }

const asked: Asked[] = [];
const server = createServer(({ url, headers }, response) => {
  asked.push({ path: url ?? '', authorization: headers.authorization, etag: headers['if-none-match'], response });
});
const gates: Gate[] = [];
const patiently = { timeout: 10_000, interval: 10 };

beforeEach(async () => {
  asked.length = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const gate of gates.splice(0)) gate.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function follow(beforeFirstAnswer: 'open' | 'closed' = 'open'): Gate {
  const gate = followGate({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't0ken', flow: 'refresh', beforeFirstAnswer });
  gates.push(gate);
  return gate;
}

/** The n-th question, once it is there. */
async function question(number: number): Promise<Asked> {
  await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(number), patiently);
  return asked[number - 1] as Asked;
}

async function answer(number: number, told: object, etag: string): Promise<void> {
  (await question(number)).response.writeHead(200, { etag }).end(JSON.stringify({
    flow: 'refresh', state: 'open', ratePerSecond: null, route: null, maxStaleMs: 300_000, onUnavailable: 'open', reason: null, ...told,
  }));
}

describe('a client of the gate', () => {
  it('follows every change, and says which answer it knows', async () => {
    const gate = follow();
    expect(await question(1)).toMatchObject({ path: '/api/v1/gates/refresh?waitMs=20000', authorization: 'Bearer t0ken', etag: undefined });
    await answer(1, { state: 'closed' }, '"1"');
    await vi.waitFor(() => expect(gate.mayRun()).toBe(false), patiently);
    expect(await question(2)).toMatchObject({ etag: '"1"' });
    await answer(2, { route: 'standby' }, '"2"');
    await vi.waitFor(() => expect(gate.route()).toBe('standby'), patiently);
    expect(gate.mayRun()).toBe(true);
    (await question(3)).response.writeHead(304).end();
    expect(await question(4)).toMatchObject({ etag: '"2"' });
    expect(gate.mayRun()).toBe(true);
  });

  it.each(['open', 'closed'] as const)('is %s as agreed while no gate has answered', async (agreed) => {
    const gate = follow(agreed);
    (await question(1)).response.writeHead(503).end();
    await question(2);
    expect(gate.mayRun()).toBe(agreed === 'open');
  });

  it('keeps to its last answer while the gate fails, and then does as the contract says', async () => {
    const gate = follow();
    await answer(1, { state: 'closed', maxStaleMs: 2_500, onUnavailable: 'open' }, '"1"');
    await vi.waitFor(() => expect(gate.mayRun()).toBe(false), patiently);
    (await question(2)).response.destroy();
    await vi.waitFor(() => expect(gate.mayRun()).toBe(true), patiently);
    await answer(3, { state: 'closed' }, '"2"');
    await vi.waitFor(() => expect(gate.mayRun()).toBe(false), patiently);
  });

  it('stays within a rate, and is free of it once the gate is wholly open', async () => {
    const gate = follow();
    await answer(1, { ratePerSecond: '0.001' }, '"1"');
    await question(2);
    expect([gate.mayRun(), gate.mayRun(), gate.mayRun()]).toEqual([true, false, false]);
    await answer(2, {}, '"2"');
    await question(3);
    expect([gate.mayRun(), gate.mayRun()]).toEqual([true, true]);
  });

  it('does not take an answer of nobody for one of the gate', async () => {
    const gate = follow('closed');
    (await question(1)).response.writeHead(304).end();
    await question(2);
    expect(gate.mayRun()).toBe(false);
    asked[1]?.response.writeHead(302, { location: 'http://elsewhere.invalid/' }).end();
    await question(3);
    expect(gate.mayRun()).toBe(false);
  });
});
