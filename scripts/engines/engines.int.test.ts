import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import type { ConfirmChannel } from 'amqplib';
import { Client } from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import { startClickHouse, type RunningClickHouse } from './clickhouse';
import { startPostgres, type RunningPostgres } from './postgres';
import { processStartTime } from './process-identity.mjs';
import { startRabbitMq, type RunningRabbitMq } from './rabbitmq';

const users = { writer: { password: 'writer-secret' }, reader: { password: 'reader-secret' } };
const password = "it's a secret";
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-engine-test-'));
  chmodSync(directory, 0o755);
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function clickHouseOn(dataDir: string, testKeeper = false): Promise<RunningClickHouse> {
  const engine = await startClickHouse({ dataDir, users, testKeeper });
  cleanUps.push(() => engine.stop());
  return engine;
}

async function postgresOn(dataDir: string): Promise<RunningPostgres> {
  const engine = await startPostgres({ dataDir, password });
  cleanUps.push(() => engine.stop());
  return engine;
}

async function ask(engine: RunningClickHouse, statement: string): Promise<string> {
  const { user, password: key } = engine.users.writer;
  const headers = { 'x-clickhouse-user': user, 'x-clickhouse-key': key };
  const response = await fetch(engine.url, { method: 'POST', body: statement, headers });
  const answer = (await response.text()).trim();
  if (!response.ok) throw new Error(answer);
  return answer;
}

async function askPostgres(engine: RunningPostgres, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: engine.url('postgres') });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A refusal of the broker reaches the call that it answers; without a listener it would end the whole run besides. */
async function amqpChannel(engine: RunningRabbitMq, admin: { user: string; password: string }): Promise<ConfirmChannel> {
  const connection = await connectAmqp({ protocol: 'amqp', port: engine.port, username: admin.user, password: admin.password });
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  return channel;
}

const isGone = (pid: number): boolean => processStartTime(pid) === undefined;

test('ClickHouse keeps acknowledged rows through kill -9', async () => {
  const dataDir = temporaryDirectory();
  const first = await clickHouseOn(dataDir);
  await ask(first, 'CREATE DATABASE signalbox ENGINE = Atomic');
  await ask(first, 'CREATE TABLE signalbox.spans (id UInt64) ENGINE = MergeTree ORDER BY id');
  await ask(first, 'INSERT INTO signalbox.spans SELECT number FROM numbers(1000)');
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const second = await clickHouseOn(dataDir);
  expect(await ask(second, 'SELECT count() FROM signalbox.spans')).toBe('1000');
});

test('ClickHouse stops in order, open connections or not', async () => {
  const engine = await clickHouseOn(temporaryDirectory());
  await ask(engine, 'SELECT 1');
  await engine.stop();
  expect(await engine.exited).toEqual({ code: 0, signal: null });
  expect(isGone(engine.pid)).toBe(true);
});

test('a second ClickHouse on the same directory is refused with the reason', async () => {
  const dataDir = temporaryDirectory();
  await clickHouseOn(dataDir);
  await expect(startClickHouse({ dataDir, users })).rejects.toThrow(/ClickHouse ended while it was starting: .*/);
});

test('nobody becomes the password-less engine account over HTTP', async () => {
  const engine = await clickHouseOn(temporaryDirectory());
  const { user, password: key } = engine.users.writer;
  const basic = (name: string, secret: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
  });
  const attempts: [string, Record<string, string>][] = [
    ['/', {}],
    ['/?user=default', {}],
    ['/', { 'x-clickhouse-user': 'default' }],
    ['/', basic('default', '')],
    ['/?user=default', basic(user, key)],
    ['/?password=', basic(user, key)],
    ['/?user=default&max_sessions_for_user=0', {}],
    ['/?user=default&session_id=mine', {}],
  ];
  for (const [path, headers] of attempts) {
    const response = await fetch(`${engine.url}${path}`, { method: 'POST', body: 'SELECT currentUser()', headers });
    expect.soft(await response.text(), `${path} ${JSON.stringify(headers)}`).toMatch(/session count|SESSION_LIMIT/);
    expect.soft(response.ok).toBe(false);
  }
});

test('the reader cannot raise its own limits', async () => {
  const engine = await clickHouseOn(temporaryDirectory());
  const { user, password: key } = engine.users.reader;
  const reader = createClient({ url: engine.url, username: user, password: key, log: { level: 127 } });
  cleanUps.push(() => reader.close());
  const withSettings = (settings: Record<string, string>): Promise<unknown> =>
    reader.query({ query: 'SELECT 1', clickhouse_settings: settings });
  await expect(withSettings({ readonly: '0' })).rejects.toThrow(/readonly/);
  await expect(withSettings({ max_memory_usage: '100000000000' })).rejects.toThrow(/max_memory_usage/);
  await expect(withSettings({ max_execution_time: '3600' })).rejects.toThrow(/max_execution_time/);
  await expect(withSettings({ max_execution_time: '5' })).resolves.toBeDefined();
});

test('the test keeper takes replicated and distributed tables of a cluster named signalbox', async () => {
  const engine = await clickHouseOn(temporaryDirectory(), true);
  await ask(engine, 'CREATE DATABASE signalbox ENGINE = Atomic');
  await ask(
    engine,
    `CREATE TABLE signalbox.spans_local (id UInt64)
     ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/spans', '{replica}') ORDER BY id`,
  );
  await ask(
    engine,
    `CREATE TABLE signalbox.spans AS signalbox.spans_local
     ENGINE = Distributed(signalbox, signalbox, spans_local)`,
  );
  expect(await ask(engine, 'SELECT count() FROM signalbox.spans')).toBe('0');
});

test('Postgres keeps committed rows through kill -9 and a lock file whose process id was reused', async () => {
  const dataDir = temporaryDirectory();
  const first = await postgresOn(dataDir);
  await askPostgres(first, 'CREATE TABLE flows AS SELECT generate_series(1, 1000) AS id');
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const lockFile = join(dataDir, 'postmaster.pid');
  writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(/^\d+/, String(process.pid)));
  const second = await postgresOn(dataDir);
  expect(await askPostgres(second, 'SELECT count(*)::int AS n FROM flows')).toEqual([{ n: 1000 }]);
});

test('Postgres stops in order although somebody is connected', async () => {
  const engine = await postgresOn(temporaryDirectory());
  const client = new Client({ connectionString: engine.url('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  await engine.stop();
  expect(await engine.exited).toEqual({ code: 0, signal: null });
  await client.end();
});

test('a wrong password is named as the reason', async () => {
  const dataDir = temporaryDirectory();
  await (await postgresOn(dataDir)).stop();
  await expect(startPostgres({ dataDir, password: 'another' })).rejects.toThrow(/refuses the stored password/);
});

test('RabbitMQ keeps confirmed messages through kill -9, and refuses another password than its own', async () => {
  const dataDir = temporaryDirectory();
  const admin = { user: 'admin', password };
  const first = await startRabbitMq({ dataDir, admin });
  cleanUps.push(() => first.stop(0));
  const publisher = await amqpChannel(first, admin);
  await publisher.assertQueue('charges', { durable: true });
  // The broker confirms a queue before it is sure to know it again: docs/decisions/0014.
  expect(await first.run('ctl', ['eval', 'mnesia:dump_log().'])).toMatch(/^dumped$/m);
  publisher.sendToQueue('charges', Buffer.from('{}'), { persistent: true });
  await publisher.waitForConfirms();
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const second = await startRabbitMq({ dataDir, admin });
  cleanUps.push(() => second.stop(0));
  const reader = await amqpChannel(second, admin);
  expect(await reader.checkQueue('charges')).toMatchObject({ messageCount: 1 });
  await second.stop(0);
  await expect(startRabbitMq({ dataDir, admin: { user: 'admin', password: 'another' } })).rejects.toThrow(/refuses the stored password/);
});

test('all engines end when their owner is killed, the port mapper of RabbitMQ too', async () => {
  const directory = temporaryDirectory();
  const owner = `
    import { startClickHouse } from '${import.meta.dirname}/clickhouse';
    import { startPostgres } from '${import.meta.dirname}/postgres';
    import { startRabbitMq } from '${import.meta.dirname}/rabbitmq';
    import { freePort } from '${import.meta.dirname}/free-port';
    const users = ${JSON.stringify(users)};
    const clickHouse = await startClickHouse({ dataDir: '${directory}/clickhouse', users });
    const postgres = await startPostgres({ dataDir: '${directory}/postgres', password: 'secret' });
    const epmd = await freePort();
    const rabbitMq = await startRabbitMq({ dataDir: '${directory}/rabbitmq', ports: { epmd }, admin: { user: 'admin', password: 'secret' } });
    process.stdout.write(JSON.stringify({ pids: [clickHouse.pid, postgres.pid, rabbitMq.pid], epmd }));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', owner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUps.push(() => void child.kill('SIGKILL'));
  const { pids, epmd } = await new Promise<{ pids: number[]; epmd: number }>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as { pids: number[]; epmd: number }));
    child.once('exit', () => reject(new Error('The owner ended before its engines were up.')));
  });
  expect(pids.some(isGone)).toBe(false);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.every(isGone)).toBe(true), { timeout: 15_000, interval: 50 });
  await expect(fetch(`http://127.0.0.1:${epmd}`)).rejects.toThrow(/fetch failed/);
});
