/** Moves that are interrupted: nothing is lost, nothing arrives twice, and the order is kept. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfirmChannel, GetMessage } from 'amqplib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { SourceAway, type LeverRequest } from '@/collectors/runtime/operations/levers';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { parkNames } from '../own-names';
import { rabbitmqLevers } from './index';
import { reroutingOf } from './reroute/rerouting';
import { ownLeverSuite, type LeverBench } from './testing/lever-suite';
import { KeptRun } from './testing/kept-run';
import type { LeverProcess } from './testing/lever-process';
import { doubled } from './testing/publishers';

const suite = ownLeverSuite();
const CHANNEL = 'exchange: claims, keys: ["claims.*"], name: work, deadLetter: { exchange: work.dlx, queue: work.dead }';
const PROCESS = fileURLToPath(new URL('testing/lever-process.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'signalbox-levers-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function topology() {
  const { vhost, channel } = await suite.openVhost();
  await channel.assertExchange('claims', 'topic', { durable: true });
  await channel.assertExchange('work.dlx', 'fanout', { durable: true });
  await channel.assertQueue('work', { durable: true, arguments: { 'x-dead-letter-exchange': 'work.dlx' } });
  await channel.assertQueue('work.dead', { durable: true });
  await channel.bindQueue('work', 'claims', 'claims.*');
  await channel.bindQueue('work.dead', 'work.dlx', '');
  return { vhost, channel, bench: suite.bench(vhost, CHANNEL) };
}

async function publish(channel: ConfirmChannel, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `m-${index}`);
  for (const messageId of ids) channel.publish('claims', 'claims.837', Buffer.alloc(300, 'x'), { persistent: true, messageId });
  await channel.waitForConfirms();
  return ids;
}

async function idsIn(channel: ConfirmChannel, queue: string): Promise<string[]> {
  const ids: string[] = [];
  await channel.prefetch(0);
  const { messageCount } = await channel.checkQueue(queue);
  const { consumerTag } = await channel.consume(queue, (message) => message && ids.push(String(message.properties.messageId)), { noAck: true });
  await vi.waitFor(() => expect(ids.length).toBeGreaterThanOrEqual(messageCount), { timeout: 60_000 });
  await channel.cancel(consumerTag);
  return ids;
}

/** Carries the operation out in one process after another, each killed once `isTime` says so, until one finishes. */
async function throughKills(bench: LeverBench, vhost: string, operation: { request: LeverRequest; plan: ConnectorPlan; operationId: string; file: string }, isTime: (life: number) => Promise<boolean>): Promise<{ lives: number; last: string }> {
  const { admin, managementUrl } = suite.broker;
  const argument: LeverProcess = {
    ...operation, vhost, channel: CHANNEL,
    source: { management: managementUrl, amqp: bench.source.settings.amqp!, observe: admin, levers: admin, vhosts: [vhost] },
  };
  for (let life = 1; ; life++) {
    const child = spawn(process.execPath, ['--import', 'tsx', PROCESS, JSON.stringify(argument)], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    const ended = new Promise<void>((resolve) => { child.on('exit', () => resolve()); });
    let isOver = false;
    void ended.then(() => { isOver = true; });
    await vi.waitFor(async () => {
      if (!isOver && !(await isTime(life))) throw new Error(`Life ${life} goes on.`);
    }, { timeout: 110_000, interval: 5 });
    child.kill('SIGKILL');
    await ended;
    if (out.includes('done')) return { lives: life, last: out };
    if (out.includes('away')) throw new Error(out);
  }
}

describe('a release that is killed again and again', () => {
  it.each(['classic', 'quorum'] as const)('loses nothing, doubles nothing and keeps the order of 4,000 messages (%s)', async (type) => {
    const { vhost, channel, bench } = await topology();
    if (type === 'quorum') {
      await channel.deleteQueue('work');
      await channel.assertQueue('work', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.bindQueue('work', 'claims', 'claims.*');
    }
    const hold = await bench.hold('park');
    const ids = await publish(channel, 4_000);
    const request: LeverRequest = { kind: 'release', hold, perSecond: 4_000 };
    const plan = await bench.plan(request);
    let sinceKill = 0;
    const { lives } = await throughKills(bench, vhost, { request, plan, operationId: randomUUID(), file: join(directory, `${randomUUID()}.json`) }, async (life) => {
      const there = (await channel.checkQueue('work')).messageCount;
      if (life > 5) return false;
      // At no round number, so that kills fall anywhere in a batch.
      if (there < sinceKill + 137 * life + 61) return false;
      sinceKill = there;
      return true;
    });
    expect(lives).toBe(6);
    const got = await idsIn(channel, 'work');
    expect(doubled(got)).toEqual([]);
    expect(got).toEqual(ids);
    await expect(suite.reopen(vhost).then((other) => other.checkQueue(parkNames(hold.id).queue))).rejects.toThrow('NOT_FOUND');
  }, 300_000);
});

describe('a reroute over a hold that is killed again and again', () => {
  it('sends on each of 3,000 messages that are eligible once and in order, and leaves 1,000 others held', async () => {
    const { vhost, channel } = await topology();
    await channel.unbindQueue('work', 'claims', 'claims.*');
    for (const key of ['claims.837', 'claims.835']) await channel.bindQueue('work', 'claims', key);
    await channel.assertQueue('work.b', { durable: true });
    const reroutable = suite.bench(vhost, CHANNEL, { spec: ['fields: { payer: { from: [key:2] } }', `reroute: { allowed: true, alternates: [{ id: b, channel: { source: rabbit-main, kind: queue, vhost: "${vhost}", name: work.b } }] }`].join('\n') });
    const hold = await reroutable.hold('park');
    for (let index = 0; index < 4_000; index += 1) channel.publish('claims', index % 4 === 3 ? 'claims.835' : 'claims.837', Buffer.alloc(300, 'x'), { persistent: true, messageId: `m-${index}` });
    await channel.waitForConfirms();
    const request: LeverRequest = { kind: 'reroute', holdId: randomUUID(), alternate: 'b', only: null, enrolled: [{ payer: '837' }], over: hold, perSecond: 4_000 };
    const plan = await reroutable.plan(request);
    expect(plan.locks).toEqual([]);
    const file = join(directory, `${randomUUID()}.json`);
    const operationId = randomUUID();
    let sinceKill = 0;
    const { lives } = await throughKills(reroutable, vhost, { request, plan, operationId, file }, async (life) => {
      const there = (await channel.checkQueue('work.b')).messageCount;
      if (life > 2 || there < sinceKill + 137 * life + 61) return false;
      sinceKill = there;
      return true;
    });
    expect(lives).toBe(3);
    const number = (id: string) => Number(id.slice(2));
    const all = Array.from({ length: 4_000 }, (_, index) => index);
    const got = await idsIn(channel, 'work.b');
    expect(got.map(number)).toEqual(all.filter((index) => index % 4 !== 3));
    const journal = new KeptRun(operationId, () => reroutable.contracts, file);
    expect(journal.in('sent')).toEqual(got);
    expect(journal.items).toHaveLength(got.length);
    expect((await idsIn(channel, parkNames(hold.id).queue)).map(number)).toEqual(all.filter((index) => index % 4 === 3));
    const { names } = reroutingOf(plan.action).diversion;
    await expect(suite.reopen(vhost).then((other) => other.checkExchange(names.out))).rejects.toThrow('NOT_FOUND');
  }, 300_000);
});

describe('a former life that sleeps', () => {
  it('loses the queue to the next one and does nothing more when it wakes up', async () => {
    const { vhost, channel, bench } = await topology();
    const hold = await bench.hold('park');
    const ids = await publish(channel, 1_000);
    const request: LeverRequest = { kind: 'release', hold, perSecond: 500 };
    const plan = await bench.plan(request);
    const { admin, managementUrl } = suite.broker;
    const argument: LeverProcess = {
      request, plan, operationId: randomUUID(), file: join(directory, `${randomUUID()}.json`), vhost, channel: CHANNEL,
      source: { management: managementUrl, amqp: bench.source.settings.amqp!, observe: admin, levers: admin, vhosts: [vhost] },
    };
    const child = spawn(process.execPath, ['--import', 'tsx', PROCESS, JSON.stringify(argument)], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    const ended = new Promise<void>((resolve) => { child.on('exit', () => resolve()); });
    await vi.waitFor(async () => expect((await channel.checkQueue('work')).messageCount).toBeGreaterThan(100), { timeout: 100_000 });
    child.kill('SIGSTOP');
    expect(await rabbitmqLevers.execute(bench.source, bench.target, { ...request, perSecond: null }, plan, bench.run())).toMatchObject({ complete: true });
    child.kill('SIGCONT');
    await ended;
    expect(out).toContain('away');
    expect(await idsIn(channel, 'work')).toEqual(ids);
  }, 300_000);
});

describe('a replay that is killed again and again', () => {
  it('sends each of 1,500 once, and its journal says so', async () => {
    const { vhost, channel, bench } = await topology();
    const ids = await publish(channel, 1_500);
    for (let index = 0; index < ids.length; index++) channel.nack(await channel.get('work') as GetMessage, false, false);
    await vi.waitFor(async () => expect((await channel.checkQueue('work.dead')).messageCount).toBe(1_500), { timeout: 60_000 });
    const request: LeverRequest = { kind: 'replay', items: ids.map((itemKey, position) => ({ itemKey, position, messageId: itemKey })), to: 'queue', perSecond: 1_000, order: 'fifo' };
    const run = bench.run(join(directory, 'replay.json'));
    run.want(ids);
    const plan = await bench.plan(request);
    let sinceKill = 0;
    const { lives } = await throughKills(bench, vhost, { request: { ...request, items: [] }, plan, operationId: run.operationId, file: join(directory, 'replay.json') }, async (life) => {
      const there = (await channel.checkQueue('work')).messageCount;
      if (life > 2 || there < sinceKill + 83 * life) return false;
      sinceKill = there;
      return true;
    });
    expect(lives).toBe(3);
    const got = await idsIn(channel, 'work');
    expect(doubled(got)).toEqual([]);
    expect(got).toEqual(ids);
    const kept = new KeptRun(run.operationId, () => bench.contracts, join(directory, 'replay.json'));
    expect(kept.in('sent')).toHaveLength(1_500);
  }, 300_000);
});

describe('a broker that goes away', () => {
  it('is waited for in the middle of a release, and everything arrives once', async () => {
    const { vhost, channel, bench } = await topology();
    const hold = await bench.hold('park');
    const ids = await publish(channel, 3_000);
    const request: LeverRequest = { kind: 'release', hold, perSecond: 1_500 };
    const plan = await bench.plan(request);
    const run = bench.run();
    const going = rabbitmqLevers.execute(bench.source, bench.target, request, plan, run).then(() => null, (error: unknown) => error);
    await vi.waitFor(async () => expect((await channel.checkQueue('work')).messageCount).toBeGreaterThan(300), { timeout: 60_000 });
    await suite.broker.restart();
    expect(await going).toBeInstanceOf(SourceAway);
    expect((await bench.observe(hold)).state).not.toBe('unreachable');
    expect(await rabbitmqLevers.execute(bench.source, bench.target, request, plan, run)).toMatchObject({ complete: true });
    const got = await idsIn(await suite.reopen(vhost), 'work');
    expect(doubled(got)).toEqual([]);
    expect(got).toEqual(ids);
  }, 300_000);

  it('says in a sentence that our credentials were revoked in the middle, and leaves everything where it is', async () => {
    const { vhost, channel, bench } = await topology();
    const levers = await suite.broker.createUser({ tags: ['administrator'], permissions: { vhost, configure: '.*', write: '.*', read: '.*' } });
    const ours = suite.bench(vhost, CHANNEL, { levers });
    const hold = await bench.hold('park');
    const ids = await publish(channel, 2_000);
    const request: LeverRequest = { kind: 'release', hold, perSecond: 20 };
    const plan = await ours.plan(request);
    const run = ours.run();
    const going = rabbitmqLevers.execute(ours.source, ours.target, request, plan, run).then(() => null, (error: unknown) => error);
    await vi.waitFor(async () => expect((await channel.checkQueue('work')).messageCount).toBeGreaterThan(20), { timeout: 60_000 });
    await suite.broker.delete(['users', levers.user]);
    const first = await going;
    expect(first).toBeInstanceOf(Error);
    const second = await rabbitmqLevers.execute(ours.source, ours.target, request, plan, run).then(() => null, (error: unknown) => error);
    expect(second).not.toBeInstanceOf(SourceAway);
    expect(String(second)).toMatch(/refused the user or the password/);
    expect(String(second)).not.toContain(levers.password);
    await bench.pull({ ...request, perSecond: null });
    expect(await idsIn(channel, 'work')).toEqual(ids);
  }, 300_000);
});
