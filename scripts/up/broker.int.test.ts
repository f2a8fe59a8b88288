import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../engines/free-port';
import { processStartTime } from '../engines/process-identity.mjs';
import { openBroker, type Broker } from './broker';
import { openDataDirectory, type DataDirectory } from './data-directory';
import { checkExternalRabbitMq } from './external-stores';
import { loadSecrets } from './secrets';
import { createSupervisor, type Supervisor } from './supervisor';
import type { ServiceReport } from './supervisor-report';

const patiently = { timeout: 60_000, interval: 100 };

let root: string;
let directory: DataDirectory;
let supervisor: Supervisor;
let broker: Broker;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'signalbox-up-broker-'));
  directory = openDataDirectory(root);
  supervisor = createSupervisor({ reportFile: directory.supervisorFile, announce: () => undefined });
  const ports = { postgres: 0, clickHouse: 0, rabbitMq: await freePort(), rabbitMqManagement: await freePort() };
  const secrets = loadSecrets(directory.secretsFile);
  const coming = await openBroker({ environment: process.env, directory, ports, secrets, supervisor, sandbox: true });
  const outcome = await coming.settled;
  expect(outcome).toMatchObject({ description: expect.stringMatching(/^RabbitMQ \d+\.\d+\.\d+ on 127\.0\.0\.1:/) as string, note: undefined });
  if (outcome.broker === undefined) throw new Error('There is no broker');
  broker = outcome.broker;
});

afterAll(async () => {
  await supervisor.stop([{ names: ['RabbitMQ'], graceMs: 0 }]);
  rmSync(root, { recursive: true, force: true });
});

const report = () => (JSON.parse(readFileSync(directory.supervisorFile, 'utf8')) as { notes: string[]; children: ServiceReport[] });
const node = () => report().children.find(({ name }) => name === 'RabbitMQ');

async function putUser(name: string, tags: string): Promise<void> {
  const { username, password } = new URL(broker.amqpUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${decodeURIComponent(password)}`).toString('base64')}`;
  const body = JSON.stringify({ password: 'secret', tags });
  const response = await fetch(`${broker.managementUrl}/api/users/${name}`, { method: 'PUT', headers: { authorization }, body });
  expect(response.status).toBe(201);
}

test('the node comes back when it is killed', async () => {
  const before = node();
  expect(before).toMatchObject({ status: 'running', restarts: 0 });
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(node()).toMatchObject({ status: 'running', restarts: 1, lastExitSignal: 'SIGKILL' }), patiently);
  expect(processStartTime(before?.pid ?? 0)).toBeUndefined();
});

test('a broker of one’s own is taken with an administrator, and refused with a sentence otherwise', async () => {
  const place = new URL(broker.amqpUrl).host;
  expect(await checkExternalRabbitMq(broker.amqpUrl, broker.managementUrl)).toMatchObject({ place, management: broker.managementUrl });
  await expect(checkExternalRabbitMq(`amqp://nobody:wrong@${place}`, broker.managementUrl)).rejects.toThrow(/answers 401\. Check user and password in RABBITMQ_URL\.$/);
  await putUser('watcher', 'monitoring');
  await expect(checkExternalRabbitMq(`amqp://watcher:secret@${place}`, broker.managementUrl)).rejects.toThrow(/give it the tag administrator, or unset RABBITMQ_URL\.$/);
});

test('what is off is in the report', () => {
  supervisor.note('RabbitMQ in the sandbox: off.');
  expect(report().notes).toEqual(['RabbitMQ in the sandbox: off.']);
});
