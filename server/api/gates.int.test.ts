import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { gateWatch } from '@/server/services/gates/gate-watch';
import { gatedFlow, plantHold, plantOperation, setHoldState } from '@/server/services/gates/testing/planted-gates';
import { plantContracts } from '@/server/services/testing/planted';
import { schema } from '@/server/store/postgres';
import { connections } from './connections';
import { handleRest } from './rest/handle-rest';
import { gateAnswerSchema } from './schemas/gates';
import { startWebUnderTest, type WebUnderTest } from './testing/web-process';

let web: WebUnderTest;
const ask = (flow: string, told: { query?: string; etag?: string | null; signal?: AbortSignal; token?: string } = {}) => handleRest(new Request(`http://signalbox.test/api/v1/gates/${flow}${told.query ?? ''}`, {
  headers: { authorization: `Bearer ${told.token ?? web.tokens.viewer}`, ...(told.etag ? { 'if-none-match': told.etag } : {}) }, ...(told.signal ? { signal: told.signal } : {}),
}));
const answerOf = async (response: Response) => gateAnswerSchema.parse(await response.json());
const etagOf = async (flow: string) => (await ask(flow)).headers.get('etag')!;
const poll = (flow: string, client = 'token:token of viewer') => web.db.query.gatePolls.findFirst({ where: and(eq(schema.gatePolls.flowId, flow), eq(schema.gatePolls.client, client)) });
/** The clients that wait in this process. */
const waiting = () => gateWatch(connections().db).waiting;

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [
    ...['refresh', 'billing', 'rates', 'routes', 'slow', 'crowd', 'gone', 'counted', 'twins'].map((id) => gatedFlow(id, { alternates: ['second'] })),
    gatedFlow('plain', { gate: null }), gatedFlow('retired', { lifecycle: 'retired' }),
  ]);
});
afterAll(() => web.close());

describe('a gate', () => {
  it('is open without holds, closes with the first, and opens with its release', async () => {
    const open = await ask('refresh');
    expect([open.status, open.headers.get('etag'), open.headers.get('cache-control')]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{32}"$/), 'no-store']);
    expect(await answerOf(open)).toEqual({ flow: 'refresh', state: 'open', ratePerSecond: null, route: null, maxStaleMs: 300_000, onUnavailable: 'closed', reason: null, asOf: expect.any(String) });
    const holdId = await plantHold(web.db, { flowId: 'refresh' });
    const closed = await ask('refresh', { etag: open.headers.get('etag') });
    expect(await answerOf(closed)).toMatchObject({ state: 'closed', reason: expect.stringContaining(holdId) });
    await setHoldState(web.db, holdId, 'held');
    expect(await etagOf('refresh')).toBe(closed.headers.get('etag'));
    await setHoldState(web.db, holdId, 'released');
    expect(await etagOf('refresh')).toBe(open.headers.get('etag'));
    await plantHold(web.db, { flowId: 'refresh' });
    expect(await etagOf('refresh')).not.toBe(closed.headers.get('etag'));
  });

  it('names the rate of the release that runs', async () => {
    const holdId = await plantHold(web.db, { flowId: 'rates', state: 'releasing' });
    const operationId = await plantOperation(web.db, { flowId: 'rates', kind: 'release', holdId, request: { perSecond: 5 } });
    expect(await answerOf(await ask('rates'))).toMatchObject({ state: 'open', ratePerSecond: '5' });
    await web.db.update(schema.operations).set({ state: 'done' }).where(eq(schema.operations.id, operationId));
    expect(await answerOf(await ask('rates'))).toMatchObject({ state: 'open', ratePerSecond: null });
  });

  it('names the alternate of a reroute', async () => {
    const holdId = await plantHold(web.db, { flowId: 'routes', kind: 'reroute', state: 'active', alternate: 'second' });
    expect(await answerOf(await ask('routes'))).toMatchObject({ state: 'open', route: 'second' });
    await setHoldState(web.db, holdId, 'restored');
    expect(await answerOf(await ask('routes'))).toMatchObject({ route: null });
  });

  it('does not close for holds by other methods, and has defaults where the contract says nothing', async () => {
    await plantHold(web.db, { flowId: 'plain', method: 'park' });
    expect(await answerOf(await ask('plain'))).toMatchObject({ state: 'open', maxStaleMs: 300_000, onUnavailable: 'open' });
  });

  it.each(['nothing', 'retired'])('of flow "%s" does not exist', async (flow) => {
    const response = await ask(flow);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ detail: `The gate of flow "${flow}" was not found: no contract in force has this id.` });
    expect(await poll(flow)).toBeUndefined();
  });

  it('waits for 25 s at most', async () => {
    expect((await ask('refresh', { query: '?waitMs=25001' })).status).toBe(400);
  });
});

describe('a client that knows the answer', () => {
  it('gets 304 with the tag and no body', async () => {
    const etag = await etagOf('billing');
    const response = await ask('billing', { etag: `"other", W/${etag}` });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, '']);
  });

  it('is answered at once when it does not know the current one, however long it would wait', async () => {
    expect((await ask('billing', { etag: '"old"', query: '?waitMs=25000' })).status).toBe(200);
    expect((await ask('billing', { query: '?waitMs=25000' })).status).toBe(200);
    expect(waiting()).toBe(0);
  });

  it('that waits hears of a change, and of nothing at the end', async () => {
    const etag = await etagOf('billing');
    const told = ask('billing', { etag, query: '?waitMs=25000' });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    await plantHold(web.db, { flowId: 'rates' });
    await plantHold(web.db, { flowId: 'billing' });
    const closed = await told;
    expect([closed.status, (await answerOf(closed)).state]).toEqual([200, 'closed']);
    expect((await ask('billing', { etag: closed.headers.get('etag'), query: '?waitMs=20' })).status).toBe(304);
    expect(waiting()).toBe(0);
  });

  it('that goes away is waited for no more', async () => {
    const gone = new AbortController();
    const etag = await etagOf('slow');
    const left = ask('slow', { etag, query: '?waitMs=25000', signal: gone.signal });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    gone.abort();
    await left;
    expect(waiting()).toBe(0);
  });

  it('is told that the flow is gone', async () => {
    const told = ask('gone', { etag: await etagOf('gone'), query: '?waitMs=25000' });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    await web.db.update(schema.activeContracts).set({ active: false }).where(eq(schema.activeContracts.documentId, 'gone'));
    expect((await told).status).toBe(404);
  });

  it('is told that nobody knows when Postgres does not answer: silence of ours is no 304', async () => {
    const told = ask('slow', { etag: await etagOf('slow'), query: '?waitMs=25000' });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    // The holds are out of reach: the look at them fails as it does when Postgres is away.
    await web.db.execute('alter table holds rename to holds_elsewhere');
    const answer = await told;
    await web.db.execute('alter table holds_elsewhere rename to holds');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('Keep to the last answer') });
  });
});

describe('a hundred waiting clients', () => {
  it('cost as many looks at Postgres as one, and all hear of a change', async () => {
    const etag = await etagOf('crowd');
    const crowd = Array.from({ length: 100 }, (_, i) => ask('crowd', { etag, query: `?waitMs=25000&instance=worker-${i}` }));
    await vi.waitFor(() => expect(waiting()).toBe(100), { timeout: 20_000 });
    const texts: string[] = [];
    const { $client: pool } = connections().db as unknown as { $client: { query: (query: { text: string }, ...rest: unknown[]) => Promise<unknown> } };
    const query = vi.spyOn(pool, 'query');
    const looksAtHolds = () => query.mock.calls.filter(([{ text }]) => text.includes('from holds')).length;
    await vi.waitFor(() => expect(looksAtHolds()).toBeGreaterThanOrEqual(4), { timeout: 20_000 });
    // Three queries a look, and at most one look has begun and not yet asked for the holds.
    expect(query.mock.calls.length).toBeLessThanOrEqual(3 * (looksAtHolds() + 1));
    texts.push(...query.mock.calls.map(([{ text }]) => text));
    expect(texts.some((text) => /gate_polls|tokens/.test(text))).toBe(false);
    query.mockClear();
    await plantHold(web.db, { flowId: 'crowd' });
    const answers = await Promise.all(crowd);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(await Promise.all(answers.map(async (answer) => (await answerOf(answer)).state)))).toEqual(new Set(['closed']));
    expect(query.mock.calls.filter(([{ text }]) => text.includes('gate_polls')).length).toBeLessThanOrEqual(5);
    query.mockRestore();
    const polls = await web.db.query.gatePolls.findMany({ where: and(eq(schema.gatePolls.flowId, 'crowd'), eq(schema.gatePolls.etag, answers[0]!.headers.get('etag')!)) });
    expect([polls.length, new Set(polls.map(({ times }) => times))]).toEqual([100, new Set([1])]);
  });
});

describe('the record of polls', () => {
  it('counts how often a client was given the same answer in a row, since when and until when', async () => {
    const etag = await etagOf('counted');
    const first = await poll('counted');
    expect(first).toMatchObject({ etag, times: 1 });
    await ask('counted', { etag });
    expect(await poll('counted')).toMatchObject({ etag, times: 2, firstAt: first?.firstAt });
    const holdId = await plantHold(web.db, { flowId: 'counted' });
    const closed = await etagOf('counted');
    expect(await poll('counted')).toMatchObject({ etag: closed, times: 1 });
    expect((await poll('counted'))!.firstAt.getTime()).toBeGreaterThanOrEqual(first!.lastAt.getTime());

    // Who waits with the tag has said that it knows the answer, before the wait is over; the wait is one poll.
    const waits = ask('counted', { etag: closed, query: '?waitMs=300' });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    const meanwhile = await poll('counted');
    expect(meanwhile).toMatchObject({ etag: closed, times: 2 });
    expect((await waits).status).toBe(304);
    const after = await poll('counted');
    expect(after).toMatchObject({ etag: closed, times: 2 });
    expect(after!.lastAt.getTime()).toBeGreaterThan(meanwhile!.lastAt.getTime());

    const released = ask('counted', { etag: closed, query: '?waitMs=25000' });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    await setHoldState(web.db, holdId, 'released');
    expect((await released).headers.get('etag')).toBe(etag);
    expect(await poll('counted')).toMatchObject({ etag, times: 1 });
  });

  it('keeps clients apart: tokens by their name, processes with one token by their instance', async () => {
    await ask('twins', { query: '?instance=a' });
    await ask('twins', { query: '?instance=b' });
    await ask('twins', { query: '?instance=b' });
    await ask('twins', { token: web.tokens.noc });
    const polls = await web.db.query.gatePolls.findMany({ where: eq(schema.gatePolls.flowId, 'twins'), orderBy: (row, { asc }) => asc(row.client) });
    expect(polls.map(({ client, times }) => [client, times])).toEqual([['token:token of noc', 1], ['token:token of viewer/a', 1], ['token:token of viewer/b', 2]]);
    expect((await ask('twins', { query: '?instance=not%20a%20name' })).status).toBe(400);
  });
});
