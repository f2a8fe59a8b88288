import { createServer, type IncomingMessage, type Server } from 'node:http';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { parseAnchorLine } from '@/server/domain/audit/anchor-line';
import { audited } from '@/server/services/audit/audited';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import { readAuditHealth } from '@/server/services/system/audit-health';
import { connectPostgres, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { auditSinksOf, fileSink, webhookSink } from '../audit/sinks';
import { auditSinkJob } from './audit-sink';
import { startJob, type RunningJob } from './job';

const logger = pino({ enabled: false });
const HOUR_MS = 3_600_000;

let postgres: TestPostgres;
let connection: PostgresConnection;
let folder: string;
let file: string;
let server: Server;
let url: string;
let received: { authorization: string | undefined; body: string }[];
let answer: number;
const running: RunningJob[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-anchors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
  file = join(mkdtempSync(join(folder, 'case-')), 'audit', 'anchors.jsonl');
  received = [];
  answer = 204;
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      received.push({ authorization: request.headers.authorization, body });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anchors?key=secret`;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((job) => job.stop()));
  await new Promise((resolve) => { server.close(resolve); });
  await connection.close();
  await postgres.drop();
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const act = (action: string) => audited({ db: connection.db, actor: { kind: 'system', name: 'test' }, now: () => new Date() }, { action, subject: 'test' }, () => Promise.resolve());

function start(told: { sinks?: ReturnType<typeof auditSinksOf>; everyMs?: number } = {}): RunningJob {
  const sinks = told.sinks ?? auditSinksOf({ file, url, token: 'bearer' });
  const job = startJob(auditSinkJob({ db: connection.db, sinks, everyMs: told.everyMs ?? HOUR_MS, now: () => new Date(), lookMs: 20, retryMs: 20 }), { db: connection.db, logger });
  running.push(job);
  return job;
}

const lines = () => readFileSync(file, 'utf8').trim().split('\n').map((line) => parseAnchorLine(line));
const anchors = () => connection.db.query.auditAnchors.findMany({ orderBy: (row, { asc }) => [asc(row.id)] });

test('the head goes to the file and to the address, once, and the database knows it', async () => {
  await act('source.create');
  start();
  await vi.waitFor(async () => expect(await anchors()).toHaveLength(2), { timeout: 10_000 });
  const event = await connection.db.query.auditEvents.findFirst();
  expect(lines()).toEqual([{ chain: event!.hash, seq: '1', hash: event!.hash, at: expect.any(String) }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(received).toEqual([{ authorization: 'Bearer bearer', body: `${JSON.stringify({ chain: event!.hash, seq: '1', hash: event!.hash, at: parseAnchorLine(received[0]!.body)!.at })}\n` }]);
  expect(await anchors()).toMatchObject([{ sink: `file:${file}`, seq: 1n, error: null }, { sink: `webhook:${url.replace('?key=secret', '')}`, seq: 1n, error: null }]);
  expect(await verifyAudit({ db: connection.db, actor: { kind: 'system', name: 'test' }, now: () => new Date() })).toMatchObject({ state: 'intact', anchors: '2' });
});

test('an event about an operation is anchored at once, another one when the interval is over', async () => {
  await act('source.create');
  start();
  await vi.waitFor(() => expect(lines().map((line) => line?.seq)).toEqual(['1']), { timeout: 10_000 });
  await act('source.update');
  await act('operation.end');
  await act('source.update');
  await vi.waitFor(() => expect(lines().map((line) => line?.seq)).toHaveLength(2), { timeout: 10_000 });
  expect(Number(lines()[1]?.seq)).toBeGreaterThanOrEqual(3);
  await running.splice(0)[0]?.stop();
  start({ everyMs: 1 });
  await vi.waitFor(() => expect(lines().at(-1)?.seq).toBe('4'), { timeout: 10_000 });
});

test('a sink that fails is shown, does not hold the other back, is noted once, and is caught up with', async () => {
  answer = 500;
  await act('source.create');
  const job = start();
  await vi.waitFor(() => expect(received.length).toBeGreaterThan(2), { timeout: 10_000 });
  expect(lines().map((line) => line?.seq)).toEqual(['1']);
  const place = url.replace('?key=secret', '');
  const sentence = `The audit chain's head was not taken: ${new URL(url).host} answers 500. Check AUDIT_SINK_URL and AUDIT_SINK_TOKEN.`;
  await vi.waitFor(() => expect(job.state()).toMatchObject({ state: 'failing', lastError: sentence }), { timeout: 10_000 });
  expect((await anchors()).filter(({ error }) => error !== null)).toMatchObject([{ sink: `webhook:${place}`, error: sentence }]);
  expect(await readAuditHealth({ db: connection.db, now: () => new Date() })).toMatchObject({ status: 'warning', summary: sentence });

  answer = 200;
  await vi.waitFor(() => expect(job.state()).toMatchObject({ state: 'running', lastError: null }), { timeout: 10_000 });
  expect(await anchors()).toMatchObject([{ sink: `file:${file}` }, { error: sentence }, { sink: `webhook:${place}`, error: null, seq: 1n }]);
  expect(await readAuditHealth({ db: connection.db, now: () => new Date() })).toMatchObject({ status: 'ok', summary: expect.stringContaining(`Head #1 went to webhook:${place}`) });
});

test('what cannot be reached or written says what to do, and nothing secret', async () => {
  const anchor = { chain: 'a'.repeat(64), seq: '1', hash: 'a'.repeat(64), at: new Date(0).toISOString() };
  await new Promise((resolve) => { server.close(resolve); });
  await expect(webhookSink(url, 'bearer').write(anchor)).rejects.toThrow(/^The audit chain's head was not sent: 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)\. Check AUDIT_SINK_URL\.$/);
  const blocked = join(folder, 'a-file');
  writeFileSync(blocked, '');
  await expect(fileSink(join(blocked, 'anchors.jsonl')).write(anchor)).rejects.toThrow(/cannot be written to .* \((ENOTDIR|EEXIST)\)\. Make the file writable/);
});

test('a file that others wrote before is only added to', async () => {
  const older = join(folder, 'older.jsonl');
  writeFileSync(older, 'older\n');
  chmodSync(older, 0o640);
  await act('source.create');
  start({ sinks: [fileSink(older)] });
  await vi.waitFor(() => expect(readFileSync(older, 'utf8')).toMatch(/^older\n\{"chain".*\n$/), { timeout: 10_000 });
  expect(statSync(older).mode & 0o777).toBe(0o640);
});

test('two processes write the head once: the lease decides who', async () => {
  await act('source.create');
  const jobs = [start(), start()];
  await vi.waitFor(async () => expect(await anchors()).toHaveLength(2), { timeout: 10_000 });
  await vi.waitFor(() => expect(jobs.map((job) => job.state().state).toSorted()).toEqual(['running', 'waiting']), { timeout: 10_000 });
  expect(lines()).toHaveLength(1);
  expect(received).toHaveLength(1);
});
