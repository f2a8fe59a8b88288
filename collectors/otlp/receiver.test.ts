/**
 * The receiver as senders see it, on a real spool, while ClickHouse cannot be reached: what is acknowledged is on disk,
 * what cannot be kept is refused in a way that OTLP clients understand.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { compileMapper } from '@/server/domain/mapping/compile-mapper';
import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { startIngest, type Ingest } from '../runtime/ingest/ingest';
import { IngestCounter } from '../runtime/ingest/ingest-counter';
import { OtlpBlockBuilders } from './otlp-block-builder';
import { startReceiver, type Receiver } from './receiver';

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const NOBODY_LISTENS = 'http://signalbox:none@127.0.0.1:1/signalbox';

let dir: string;
let clickhouse: ClickHouse;
let ingest: Ingest;
let receiver: Receiver;
let counter: IngestCounter;

async function start(options: { spoolMaxBytes?: number; token?: string; maxBodyBytes?: number } = {}): Promise<void> {
  const mapper = compileMapper(contractSetOf([]), { tokenKey: Buffer.alloc(32, 1), tokenKeyId: 'k1' });
  const builders = new OtlpBlockBuilders(() => mapper, { maxAgeMs: 86_400_000, maxFutureMs: 3_600_000 });
  counter = new IngestCounter();
  ingest = startIngest({ spoolDir: dir, spoolMaxBytes: options.spoolMaxBytes ?? 10_000_000, clickhouse, newBuilder: () => builders.next(), counter, onError: () => undefined });
  receiver = await startReceiver({
    host: '127.0.0.1', port: 0, intake: ingest.intake, counter, now: () => NOW_MS, maxBodyBytes: options.maxBodyBytes,
    acceptsToken: options.token === undefined ? null : (token) => Promise.resolve(token === options.token),
    onError: (error) => {
      throw error;
    },
  });
}

async function stop(): Promise<void> {
  await receiver.close();
  await ingest.stop(0);
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-receiver-'));
  clickhouse = connectClickHouse(NOBODY_LISTENS, { name: 'test' });
});
afterEach(async () => {
  await stop();
  await clickhouse.close();
  rmSync(dir, { recursive: true, force: true });
});

const span = (id: number, more: object = {}) => ({
  traceId: String(id).padStart(32, 'a'), spanId: String(id).padStart(16, 'b'), name: 'x',
  startTimeUnixNano: `${NOW_MS}000000`, endTimeUnixNano: `${NOW_MS}500000`, ...more,
});
const request = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

function send(body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/traces', method = 'POST'): Promise<Response> {
  return fetch(`http://127.0.0.1:${receiver.port}${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, body: method === 'POST' ? new Uint8Array(Buffer.from(body)) : undefined });
}
const counted = () => counter.take().map(({ kind, subject, count }) => `${kind} ${subject} ${count}`);

describe('OTLP receiver', () => {
  it('acknowledges what is on disk, plain or gzip, and an identical body once', async () => {
    await start();
    const bytes = () => ingest.state(NOW_MS).spoolBytes;
    expect(await (await send(request(span(1)))).json()).toEqual({});
    const once = bytes();
    expect(once).toBeGreaterThan(0);
    expect((await send(gzipSync(request(span(2))), { 'content-encoding': 'gzip' })).status).toBe(200);
    const twice = bytes();
    expect(twice).toBeGreaterThan(once);
    expect((await send(request(span(1)))).status).toBe(200);
    expect((await send(request(span(2)))).status).toBe(200);
    expect(bytes()).toBe(twice);
    expect(counted()).toEqual(['request-repeated identical-body 2']);
  });

  it('knows an identical body after a restart', async () => {
    await start();
    await send(request(span(1)));
    await stop();
    await start();
    const before = ingest.state(NOW_MS).spoolBytes;
    expect((await send(request(span(1)))).status).toBe(200);
    expect(ingest.state(NOW_MS).spoolBytes).toBe(before);
  });

  it('rejects single spans with a reason, and keeps the others', async () => {
    await start();
    const answer = await send(request(span(1), span(2, { spanId: '0'.repeat(16) }), span(3, { startTimeUnixNano: '1' })));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ partialSuccess: { rejectedSpans: '2', errorMessage: 'Not stored: 1 × invalid-span-id, 1 × time-out-of-range.' } });
    expect(counted()).toEqual(['span-rejected invalid-span-id 1', 'span-rejected time-out-of-range 1']);
  });

  it('asks senders to come back when the spool is full', async () => {
    await start({ spoolMaxBytes: 600 });
    expect((await send(request(span(1)))).status).toBe(200);
    const answer = await send(request(span(2), span(3)));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 14, message: expect.stringContaining('The spool is full') as string });
    expect(counted()).toEqual(['request-refused spool-full 1']);
  });

  it.each([
    ['a body that is not OTLP', () => send('{"resourceSpans":[{'), 400, 'malformed'],
    ['gzip that is none', () => send('x', { 'content-encoding': 'gzip' }), 400, 'broken-gzip'],
    ['more than it takes after decompression', () => send(gzipSync(Buffer.alloc(9_000)), { 'content-encoding': 'gzip' }), 413, 'too-large'],
    ['an encoding it does not know', () => send('x', { 'content-encoding': 'br' }), 415, 'unknown-content-encoding'],
    ['a type it does not know', () => send('x', { 'content-type': 'text/plain' }), 415, 'unknown-content-type'],
    ['another signal', () => send('{}', {}, '/v1/logs'), 404, 'signal-not-supported'],
    ['another path', () => send('{}', {}, '/v2/traces'), 404, 'unknown-path'],
    ['another method', () => send('', {}, '/v1/traces', 'GET'), 405, 'wrong-method'],
  ])('refuses %s, counts it, and keeps nothing', async (_, ask, status, reason) => {
    await start({ maxBodyBytes: 4_000 });
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code: expect.any(Number) as number, message: expect.stringMatching(/\w.*\.$/) as string });
    expect(counted()).toEqual([`request-refused ${reason} 1`]);
    expect(ingest.state(NOW_MS).spoolBytes).toBe(0);
  });

  it('asks for an ingest token where it is not on loopback', async () => {
    await start({ token: 'good' });
    expect((await send(request(span(1)))).status).toBe(401);
    expect((await send(request(span(1)), { authorization: 'Bearer bad' })).status).toBe(401);
    expect((await send(request(span(1)), { authorization: 'Bearer good' })).status).toBe(200);
  });
});
