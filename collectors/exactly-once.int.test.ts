/**
 * The promise of the receiver under kill -9: what was acknowledged is counted once, in raw and in every rollup, whatever
 * dies and however often senders repeat themselves.
 */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startClickHouse, type RunningClickHouse } from '@/scripts/engines/clickhouse';
import { freePort } from '@/scripts/engines/free-port';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { startCollectors, type CollectorProcess } from './testing/collector-process';
import { spanRequest, testContracts, type Expected } from './testing/span-requests';

const REQUESTS = 400;
const SPANS_EACH = 500;
const SENDERS = 8;
const KILLS = process.env.SIGNALBOX_SOAK ? 100 : 10;

let folder: string;
let postgres: TestPostgres;
let engine: RunningClickHouse;
let collectors: CollectorProcess;
let clickhouse: ClickHouse;
let otlpPort: number;
let enginePort: number;

async function startEngine(): Promise<void> {
  engine = await startClickHouse({ dataDir: join(folder, 'clickhouse'), port: enginePort, users: { writer: { password: 'w' }, reader: { password: 'r' } } });
}

function clickhouseUrl(): string {
  return `http://${engine.users.writer.user}:w@127.0.0.1:${enginePort}/signalbox`;
}

async function startCollector(): Promise<void> {
  collectors = await startCollectors({
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: clickhouseUrl(),
    CONTRACTS_DIR: join(folder, 'contracts'),
    SIGNALBOX_DATA_DIR: join(folder, 'data'),
    SIGNALBOX_SECRET: Buffer.alloc(32, 7).toString('base64'),
    OTLP_HTTP_PORT: String(otlpPort),
    COLLECTORS_ROLES: 'receivers',
    LOG_LEVEL: 'warn',
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-kill-'));
  enginePort = await freePort('127.0.0.1');
  otlpPort = await freePort('127.0.0.1');
  await mkdir(join(folder, 'contracts'));
  for (const [name, text] of Object.entries(testContracts())) await writeFile(join(folder, 'contracts', name), text);
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  await startEngine();
  await migrateClickHouse(clickhouseUrl());
  clickhouse = connectClickHouse(clickhouseUrl(), { name: 'test' });
  await startCollector();
}, 120_000);

afterAll(async () => {
  await collectors?.stop();
  await clickhouse?.close();
  await engine?.stop();
  await postgres?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Sends one body until it is acknowledged, always the identical bytes, as OTLP clients do. */
async function sendUntilAcknowledged(body: Buffer, agent: Agent): Promise<void> {
  for (;;) {
    const status = await new Promise<number>((resolve) => {
      const sending = request(
        { port: otlpPort, host: '127.0.0.1', path: '/v1/traces', method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': body.length } },
        (response) => response.resume().once('end', () => resolve(response.statusCode!)).once('error', () => resolve(0)),
      );
      sending.once('error', () => resolve(0));
      sending.end(body);
    });
    if (status === 200) return;
    if (status !== 0 && status !== 429 && status !== 503) throw new Error(`The receiver answered ${status}, which no client would repeat.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const figures = z.object({
  raw: z.coerce.number(), distinct: z.coerce.number(), withFlow: z.coerce.number(),
  received: z.coerce.number(), event: z.coerce.number(), histogram: z.coerce.number(), measured: z.coerce.number(),
  failed: z.coerce.number(), failedAttempts: z.coerce.number(), facility: z.coerce.number(), payer: z.coerce.number(), traces: z.coerce.number(),
});

async function count(): Promise<z.infer<typeof figures>> {
  const [row] = await clickhouse.query({
    name: 'exactness',
    sql: `SELECT
  (SELECT count() FROM otel_traces) AS raw,
  (SELECT uniqExact(TraceId, SpanId) FROM otel_traces) AS distinct,
  (SELECT countIf(FlowId != '') FROM otel_traces) AS withFlow,
  (SELECT countIf(Leg = 'leave' OR Leg = 'attempt') FROM otel_traces) AS measured,
  (SELECT countIf(Leg = 'attempt' AND StatusCode = 'Error') FROM otel_traces) AS failed,
  (SELECT sum(Spans) FROM flow_minute) AS received,
  (SELECT sum(Spans) FROM flow_event_minute) AS event,
  (SELECT sum(arraySum(mapValues(Lat))) FROM flow_minute) AS histogram,
  (SELECT sum(FailedAttempts) FROM flow_minute) AS failedAttempts,
  (SELECT sum(Spans) FROM impact_minute WHERE Dim = 'facility') AS facility,
  (SELECT sum(Spans) FROM impact_minute WHERE Dim = 'payer') AS payer,
  (SELECT uniqExact(TraceId) FROM otel_traces_trace_id_ts) AS traces`,
    schema: figures,
    timeoutMs: 60_000,
  });
  return row!;
}

it(`counts 200,000 spans once through ${KILLS} kills of collectors and ClickHouse`, async () => {
  const seed = randomBytes(4).readUInt32LE(0);
  const random = mulberry32(seed);
  const expected: Expected = { spans: 0, withFlow: 0, failed: 0 };
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  let next = 0;
  let acknowledged = 0;
  const killed: string[] = [];
  const sender = async () => {
    while (next < REQUESTS) {
      const made = spanRequest(next++, SPANS_EACH, Date.now());
      expected.spans += made.expected.spans;
      expected.withFlow += made.expected.withFlow;
      expected.failed += made.expected.failed;
      await sendUntilAcknowledged(gzipSync(made.body, { level: 1 }), agent);
      acknowledged++;
    }
  };
  const killer = async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const until = Math.floor(((kill + random()) * REQUESTS) / KILLS);
      await expect.poll(() => acknowledged >= until || acknowledged === REQUESTS, { timeout: 120_000, interval: 1 }).toBe(true);
      if (random() < 0.5) {
        killed.push('collectors');
        await collectors.kill();
        await startCollector();
      } else {
        killed.push('ClickHouse');
        process.kill(engine.pid, 'SIGKILL');
        await engine.exited;
        await engine.stop();
        await startEngine();
      }
    }
  };
  await Promise.all([killer(), ...Array.from({ length: SENDERS }, sender)]);
  agent.destroy();

  const story = `seed ${seed}, killed in turn: ${killed.join(', ')}\n${collectors.output()}`;
  await expect.poll(async () => (await count()).raw, { timeout: 120_000, message: story }).toBeGreaterThanOrEqual(expected.spans);
  // A stop delivers what is under way: afterwards nothing can change any more.
  await collectors.stop();
  const counted = await count();
  await startCollector();
  expect(counted, story).toEqual({
    raw: expected.spans, distinct: expected.spans, withFlow: expected.withFlow,
    received: expected.withFlow, event: expected.withFlow, histogram: counted.measured, measured: counted.measured,
    failed: expected.failed, failedAttempts: expected.failed, facility: expected.withFlow, payer: expected.withFlow, traces: expected.spans,
  });
}, 600_000);

/** Small seeded generator, so that a failing run can be told apart and repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
