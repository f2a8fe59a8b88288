import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { followGate } from '@/sandbox/runtime/gate-client';
import { judgeGate } from '@/server/domain/operations/gate-verdict';
import { readGateClients } from '@/server/services/gates/gate-clients';
import { gateWatch } from '@/server/services/gates/gate-watch';
import { readGates } from '@/server/services/gates/gates';
import { gatedFlow, plantHold, plantOperation, setHoldState } from '@/server/services/gates/testing/planted-gates';
import { plantContracts } from '@/server/services/testing/planted';
import { connections } from './connections';
import { handleRest } from './rest/handle-rest';
import { startWebUnderTest, type WebUnderTest } from './testing/web-process';

let web: WebUnderTest;
let server: Server;
let base: string;
const waiting = () => gateWatch(connections().db).waiting;

/** The handler behind a socket, as Next puts it: the request's signal aborts when the client hangs up. */
beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [gatedFlow('refresh', { alternates: ['second'] }), gatedFlow('left')]);
  server = createServer(async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const answer = await handleRest(new Request(new URL(incoming.url ?? '/', base), { headers: incoming.headers as Record<string, string>, signal: gone.signal }));
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) Readable.fromWeb(answer.body as WebStream).pipe(outgoing);
    else outgoing.end();
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
  await web.close();
});

const follow = (flow: string) => followGate({ url: base, token: web.tokens.viewer, flow, beforeFirstAnswer: 'closed' });
const patiently = { timeout: 10_000 };
/** Until the client has come back with the tag of its last answer. */
const isWaiting = () => vi.waitFor(() => expect(waiting()).toBe(1), patiently);

describe("the sandbox's client", () => {
  it('follows a pause, a reroute and a release at a rate, each within one answer, and reports each by coming back', async () => {
    const gate = follow('refresh');
    await vi.waitFor(() => expect(gate.mayRun()).toBe(true), patiently);
    await isWaiting();

    const requestedAt = new Date();
    const pauseId = await plantHold(web.db, { flowId: 'refresh', requestedAt });
    await vi.waitFor(() => expect(gate.mayRun()).toBe(false), patiently);
    await isWaiting();
    // It waits again, and has said by that that it knows: all that a hold needs of it.
    const { etag, terms } = (await readGates(web.db)).get('refresh')!;
    const clients = (await readGateClients(web.db, 'refresh')).map((client) => ({ ...client, firstAt: client.firstAt.getTime(), lastAt: client.lastAt.getTime() }));
    expect(clients).toEqual([expect.objectContaining({ name: 'token of viewer', etag, times: 2 })]);
    const later = clients[0]!.firstAt + terms.verifyAfterMs;
    expect(judgeGate({ now: later, requestedAt: requestedAt.getTime(), etag, terms, clients, lastSeen: null, completeThrough: later, observingSince: 0 }).state).toBe('held');

    const rerouteId = await plantHold(web.db, { flowId: 'refresh', kind: 'reroute', state: 'active', alternate: 'second' });
    await vi.waitFor(() => expect([gate.route(), gate.mayRun()]).toEqual(['second', false]), patiently);
    await isWaiting();
    await plantOperation(web.db, { flowId: 'refresh', kind: 'release', holdId: pauseId, request: { perSecond: 1 } });
    await setHoldState(web.db, pauseId, 'releasing');
    await vi.waitFor(() => expect(gate.mayRun()).toBe(true), patiently);
    expect(gate.mayRun()).toBe(false);
    await isWaiting();
    await setHoldState(web.db, pauseId, 'released');
    await setHoldState(web.db, rerouteId, 'restored');
    await vi.waitFor(() => expect([gate.route(), gate.mayRun(), gate.mayRun()]).toEqual([null, true, true]), patiently);
    gate.stop();
    await vi.waitFor(() => expect(waiting()).toBe(0), patiently);
  });

  it('is waited for no more as soon as its connection breaks, and comes back', async () => {
    const gate = follow('left');
    await isWaiting();
    server.closeAllConnections();
    await vi.waitFor(() => expect(waiting()).toBe(0), patiently);
    expect(gate.mayRun()).toBe(true);
    await isWaiting();
    gate.stop();
    await vi.waitFor(() => expect(waiting()).toBe(0), patiently);
  });
});
