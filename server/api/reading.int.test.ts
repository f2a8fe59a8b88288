import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Status } from '@/server/domain/health/flow-view';
import { NO_FIGURES } from '@/server/domain/health/flow-figures';
import { flowContract, hex, plantContracts, plantReceiverReport, plantSpans, processContract, type PlantedSpan } from '@/server/services/testing/planted';
import { overall } from '@/server/services/system/read-system-health';
import { recordObservedMinutes } from '@/server/services/ingest/observed-minutes';
import { schema } from '@/server/store/postgres';
import { handleRest } from './rest/handle-rest';
import { ROUTES } from './rest/routes';
import { flowDetailSchema, flowPageSchema } from './schemas/flows';
import { systemHealthSchema } from './schemas/system';
import { traceSchema } from './schemas/traces';
import { startWebUnderTest, type WebUnderTest } from './testing/web-process';

const MINUTE = 60_000;
let web: WebUnderTest;
const get = (path: string, told: RequestInit = {}) =>
  handleRest(new Request(`http://signalbox.test/api/v1${path}`, { ...told, headers: { authorization: `Bearer ${web.tokens.engineer}`, ...told.headers } }));

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [
    flowContract('orders', { criticality: 'C1' }), flowContract('claims', { criticality: 'C1', hops: ['capture', 'work'] }), flowContract('items', { criticality: 'C3' }),
    flowContract('remits'), flowContract('journals'), flowContract('gone', { lifecycle: 'retired' }),
    processContract('replenishment', ['orders', 'items']), processContract('charge-to-cash', ['claims', 'remits']),
  ]);
});
afterAll(() => web.close());

async function plantStatus(flowId: string, status: Status, told: { sinceAgoMs?: number; evaluatedAgoMs?: number; messagesPerMinute?: number } = {}): Promise<void> {
  const now = Date.now();
  await web.db.insert(schema.flowStatus).values({
    flowId, status, phase: status === 'healthy' ? 'settled' : 'active', rule: 'error-rate', reason: `Reason of ${flowId}.`,
    figures: { ...NO_FIGURES, messagesPerMinute: told.messagesPerMinute ?? 10, completeThrough: new Date(now - 1_000).toISOString() },
    since: new Date(now - (told.sinceAgoMs ?? MINUTE)), lastUnhealthyAt: null, evaluatedAt: new Date(now - (told.evaluatedAgoMs ?? 0)),
  });
}

describe('overview', () => {
  it('puts trouble first by criticality, folds the healthy by process, and trusts no old evaluation', async () => {
    const now = Date.now();
    await plantStatus('orders', 'healthy', { messagesPerMinute: 30 });
    await plantStatus('claims', 'silent');
    await plantStatus('items', 'failing');
    await plantStatus('remits', 'healthy', { evaluatedAgoMs: 16_000 });
    await plantReceiverReport(web.db, now, now - 3_600_000, new Date(now));
    await plantSpans(web.clickhouse, [
      ...[3, 2, 1].flatMap((ago) => Array.from({ length: ago }, (): PlantedSpan => ({ atMs: now - ago * MINUTE, flowId: 'claims', hopId: 'work', leg: 'leave' }))),
      { atMs: now - 2 * MINUTE, flowId: 'claims', hopId: 'capture', leg: 'attempt', isError: true },
      { atMs: now - 2 * MINUTE, flowId: 'claims', hopId: 'capture', leg: 'leave' },
      { atMs: now - 8 * MINUTE, flowId: 'claims', hopId: 'work', leg: 'leave' },
    ]);
    await recordObservedMinutes(web.db, [Math.floor(now / MINUTE - 6) * MINUTE]);

    const overview = await (await web.callerOf(web.tokens.viewer)).flows.overview();
    expect(overview.counts).toEqual({ failing: 1, degraded: 0, silent: 1, held: 0, unknown: 2, healthy: 1 });
    expect(overview.trouble.map(({ id, health }) => [id, health.status])).toEqual([['claims', 'silent'], ['remits', 'unknown'], ['journals', 'unknown'], ['items', 'failing']]);
    expect(overview.trouble.map(({ criticality }) => criticality)).toEqual(['C1', 'C2', 'C2', 'C3']);
    expect(overview.trouble.find(({ id }) => id === 'remits')?.health.reason).toMatch(/^Not evaluated for 1\d s, it was healthy before/);
    expect(overview.healthy.map(({ process, flows, messagesPerMinute }) => [process?.name, flows.map(({ id }) => id), messagesPerMinute])).toEqual([['Process replenishment', ['orders'], 30]]);

    const spark = overview.trouble.find(({ id }) => id === 'claims')?.sparkline ?? [];
    expect(spark).toHaveLength(60);
    const ago = (minutes: number) => spark.find(({ minute }) => minute === new Date(Math.floor(now / MINUTE - minutes) * MINUTE).toISOString());
    expect([3, 2, 1].map((minutes) => ago(minutes)?.leaves)).toEqual([3, 2, 1]);
    expect(ago(2)).toMatchObject({ failedAttempts: 1, complete: true });
    expect(spark[0]?.leaves).toBeNull();
    // Nothing left six minutes ago; five minutes ago nobody listened.
    expect([8, 6, 5].map((minutes) => ago(minutes)?.leaves)).toEqual([1, 0, null]);
    expect(spark.at(-1)?.complete).toBe(false);
  });

  it('says what of Signalbox itself is not well', async () => {
    await web.db.insert(schema.componentReports).values({
      component: 'evaluators', instance: 'host:1', status: 'ok', summary: 'Evaluating.', detail: {}, startedAt: new Date(), reportedAt: new Date(Date.now() - 60_000),
    });
    const { notices } = await (await web.callerOf(web.tokens.viewer)).flows.overview();
    expect(notices).toEqual([expect.objectContaining({ severity: 'error', text: expect.stringContaining('evaluators: No report for 6') })]);
  });
});

describe('taps', () => {
  const report = (instance: string, status: string, agoMs: number) => web.db.insert(schema.componentReports).values({
    component: 'tap', instance, status, summary: `Of ${instance}.`, detail: { latencyMs: 4 }, startedAt: new Date(), reportedAt: new Date(Date.now() - agoMs),
  });

  it('are listed each by its source; one that nobody taps is no reason to call Signalbox down', async () => {
    await report('broker', 'ok', 0);
    await report('database', 'down', 0);
    await report('forgotten', 'ok', 60_000);
    const { components, status } = systemHealthSchema.parse(await (await get('/health')).json());
    const taps = components.filter(({ component }) => component === 'tap').map((tap) => [tap.instance, tap.status, tap.summary.replace(/\d+ s/, 'N s')]);
    expect(taps).toEqual([['broker', 'ok', 'Of broker.'], ['database', 'down', 'Of database.'], ['forgotten', 'down', 'No collector has reported on this source for N s. It said last: Of forgotten.']]);
    expect(overall(components.filter(({ component }) => component === 'tap'))).toBe('warning');
    expect(status).toBe('down'); // the evaluators of the test before are
    const { notices } = await (await web.callerOf(web.tokens.viewer)).flows.overview();
    expect(notices.map(({ text }) => text)).toEqual(expect.arrayContaining(['Source database: Of database.', expect.stringMatching(/^Source forgotten: No collector/)]));
    await web.db.delete(schema.componentReports).where(eq(schema.componentReports.component, 'tap'));
  });
});

describe('REST', () => {
  it('pages through flows by id', async () => {
    const first = flowPageSchema.parse(await (await get('/flows?limit=2')).json());
    expect(first.items.map(({ id }) => id)).toEqual(['claims', 'items']);
    const second = flowPageSchema.parse(await (await get(`/flows?limit=2&cursor=${first.nextCursor}`)).json());
    expect(second.items.map(({ id }) => id)).toEqual(['journals', 'orders']);
    const third = flowPageSchema.parse(await (await get(`/flows?limit=2&cursor=${second.nextCursor}`)).json());
    expect([third.items.map(({ id }) => id), third.nextCursor]).toEqual([['remits'], null]);
  });

  it('answers a flow as the document describes it', async () => {
    const flow = flowDetailSchema.parse(await (await get('/flows/claims')).json());
    expect(flow.hops.map(({ hopId, channelId }) => [hopId, channelId])).toEqual([['capture', 'broker:queue:/:claims.capture'], ['work', 'broker:queue:/:claims.work']]);
    expect(flow.slo).toEqual({ objective: 0.995, latencyP95Ms: 4_000, origin: null });
  });

  it('tells health part by part', async () => {
    const health = systemHealthSchema.parse(await (await get('/health')).json());
    expect(health.components.map(({ component, status }) => `${component} ${status}`)).toEqual(['web ok', 'postgres ok', 'clickhouse ok', 'evaluators down', 'receivers ok', 'contracts ok', 'audit ok']);
    expect((await get('/health')).status).toBe(503);
  });

  it.each([
    ['GET', '/flows/none', 404, 'not-found'],
    ['GET', '/flows/gone', 404, 'not-found'],
    ['GET', '/flows/%ZZ', 400, 'invalid'],
    ['GET', '/flows?limit=501', 400, 'invalid'],
    ['GET', '/traces/123', 400, 'invalid'],
    ['GET', `/traces/${'f'.repeat(32)}`, 404, 'not-found'],
    ['GET', '/nothing', 404, 'not-found'],
    ['GET', '', 404, 'not-found'],
    ['POST', '/flows', 405, 'method-not-allowed'],
    ['DELETE', '/openapi.json', 405, 'method-not-allowed'],
  ])('%s %s is problem %i %s', async (method, path, status, code) => {
    const response = await get(path, { method, headers: { 'x-request-id': 'my-request-1' } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ type: `urn:signalbox:problem:${code}`, status, detail: expect.stringMatching(/\S/), requestId: 'my-request-1' });
  });

  it('describes itself in OpenAPI 3.1, every reference resolving', async () => {
    const document = openApi.parse(await (await get('/openapi.json')).json());
    expect(Object.keys(document.paths).sort()).toEqual([...new Set(ROUTES.map(({ path }) => path))].sort());
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(references.filter((name) => name === undefined || !(name in document.components.schemas))).toEqual([]);
    expect(references).toContain('Problem');
  });
});

describe('traces', () => {
  it('opens 20,000 spans with parents, repeated deliveries once, and links in both directions', async () => {
    const [trace, other, cause] = [hex(0x1001, 32), hex(0x1002, 32), hex(0x1003, 32)];
    const startMs = Date.now() - 10 * MINUTE;
    const span = (n: number): PlantedSpan => ({
      traceId: trace, spanId: hex(n + 1, 16), parentSpanId: n === 0 ? '' : hex(Math.floor((n - 1) / 3) + 1, 16), name: `step ${n % 7}`, atMs: startMs + n, durationMs: n === 0 ? 60_000 : 2,
      flowId: 'orders', hopId: 'work', isError: n === 19_999, links: n === 5 ? [{ traceId: cause, spanId: hex(9, 16) }] : [],
    });
    const spans = Array.from({ length: 20_000 }, (_, n) => span(n));
    await plantSpans(web.clickhouse, spans);
    await plantSpans(web.clickhouse, spans.slice(100, 200));
    await plantSpans(web.clickhouse, [{ traceId: other, spanId: hex(77, 16), atMs: startMs + 30_000, links: [{ traceId: trace, spanId: hex(10, 16) }] }]);

    const opened = traceSchema.parse(await (await get(`/traces/${trace.toUpperCase()}`)).json());
    expect(opened.spans.spanId).toHaveLength(20_000);
    expect(new Set(opened.spans.spanId).size).toBe(20_000);
    expect(opened.spans.parentIndex[0]).toBe(-1);
    expect(opened.spans.parentIndex.slice(1).every((parent, i) => parent === Math.floor(i / 3))).toBe(true);
    expect(opened.spans.startOffsetNs[19_999]).toBe(19_999 * 1e6);
    expect(opened.spans.isError.flatMap((isError, i) => (isError ? [i] : []))).toEqual([19_999]);
    expect(opened.durationNs).toBe('60000000000');
    expect(opened.startedAt).toBe(`${new Date(startMs).toISOString().slice(0, -1)}000000Z`);
    expect(opened.linked).toEqual([
      { traceId: cause, spanId: hex(9, 16), direction: 'to', spanIndex: 5 },
      { traceId: other, spanId: hex(77, 16), direction: 'from', spanIndex: 9 },
    ]);
  });

  it('loads the attributes of one span, with nanoseconds intact', async () => {
    const [trace, id] = [hex(0x2001, 32), hex(0x2002, 16)];
    await plantSpans(web.clickhouse, [{ traceId: trace, spanId: id, atMs: Date.now() - MINUTE, durationMs: 1.5, attributes: { 'http.request.method': 'POST' }, payerId: 'aetna' }]);
    const span = await (await web.callerOf(web.tokens.engineer)).traces.span({ traceId: trace, spanId: id });
    expect(span).toMatchObject({ spanId: id, parentSpanId: null, durationNs: '1500000', attributes: { 'http.request.method': 'POST' }, resource: { 'service.name': 'erp' } });
    expect(span.business).toMatchObject({ payerId: 'aetna', facilityId: null, amount: null });
  });

  it('shows no value of a span that another collector wrote past our masking', async () => {
    const [trace, id] = [hex(0x3001, 32), hex(0x3002, 16)];
    await plantSpans(web.clickhouse, [{ traceId: trace, spanId: id, atMs: Date.now() - MINUTE, attributes: { 'patient.name': 'canary name' }, isForeign: true }]);
    const span = await (await web.callerOf(web.tokens.engineer)).traces.span({ traceId: trace, spanId: id });
    expect(span.attributes).toEqual({ 'patient.name': '‹masked:11›' });
    expect(JSON.stringify(span)).not.toContain('canary');
  });
});

const openApi = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) }))),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
