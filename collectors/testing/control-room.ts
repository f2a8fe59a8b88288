/** A whole control plane on real parts for a suite: stores, a broker with one flow, collector processes, and people who act. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import { connectAmqp } from '@/scripts/testing/amqp';
import { startTestBroker, type BrokerUser, type TestBroker } from '@/scripts/testing/broker';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { uuidv7 } from '@/server/domain/ids';
import { createEditVault, type EditVault } from '@/server/domain/operations/edit-vault';
import type { OperationRequest } from '@/server/domain/operations/request';
import type { Person } from '@/server/domain/roles/actor';
import { approveOperation } from '@/server/services/operations/approve-operation';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { listHolds } from '@/server/services/operations/list-holds';
import type { HoldView, OperationView } from '@/server/services/operations/operation-view';
import { readOperation } from '@/server/services/operations/read-operation';
import { requestOperation } from '@/server/services/operations/request-operation';
import { person } from '@/server/services/operations/testing/planned-operations';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import type { ServiceContext } from '@/server/services/service-context';
import { schema } from '@/server/store/postgres';
import { startCollectors, type CollectorProcess } from './collector-process';

export const FLOW_ID = 'charges';
const HOP_ID = 'outbox';
export const WORK = 'charges.work';
export const DEAD = 'charges.dead';
/** Bound to nothing: where a reroute leads. */
export const ALTERNATE = 'charges.second';
export const EXCHANGE = 'events';
export const ROUTING_KEY = 'charge.north.aetna';
/** A second flow, whose contract names an outcome stage. */
export const STAGED = { flowId: 'claims', work: 'claims.work', exchange: 'claims', key: 'claim.north.aetna', stage: 'accepted', seenAt: { flowId: 'claims', hopId: HOP_ID, leg: 'leave' } } as const;

type Asked = OperationRequest extends infer R ? (R extends { id: string } ? Omit<R, 'id' | 'flowId' | 'hopId'> & { flowId?: string; hopId?: string } : never) : never;

/** Contracts of a suite's own beside these, and what collectors find in their environment for them. */
interface OtherContracts {
  documents: (vhost: string) => string;
  env: Record<string, string>;
}

export interface ControlRoom extends TestStores {
  broker: TestBroker;
  vhost: string;
  /** Of the user for levers, e.g. to take its rights away. */
  operator: BrokerUser;
  /** Of the administrator, in the flow's virtual host. */
  url: string;
  /** A channel on a new connection; closed with the room. */
  channel(): Promise<ConfirmChannel>;
  engineer: Person;
  approver: Person;
  as(who: Person): ServiceContext & { vault(): EditVault };
  startCollectors(): Promise<CollectorProcess>;
  /** Writes the contracts anew, with further lines; collectors take them over within a moment. */
  writeContracts(more: MoreContracts): Promise<void>;
  /** Resolves when copies of what passes and of what dies are taken: what is published before is not seen. */
  tapped(): Promise<void>;
  /** Asks, and waits for the plan. */
  plan(asked: Asked): Promise<OperationView>;
  /** Plans, confirms, and has the second person agree where one is needed. */
  begin(asked: Asked): Promise<OperationView>;
  until(id: string, holds: (operation: OperationView) => boolean): Promise<OperationView>;
  ended(id: string): Promise<OperationView>;
  hold(holdId: string): Promise<HoldView>;
  holdUntil(holdId: string, is: (hold: HoldView) => boolean): Promise<HoldView>;
  close(): Promise<void>;
}

/** Further lines of the contracts: entries of `sources`, and keys of the flow's `spec`. */
export interface MoreContracts {
  sources?: string;
  spec?: string;
}

const LOOK_MS = 100;
const SECRET = Buffer.alloc(32, 3);
const ENDED = ['done', 'partly-done', 'failed', 'aborted'];

/** @param told.databases empty ones of the caller's; of the test run's engines when absent, which only suites have */
export async function openControlRoom(told: { replay?: string; queueType?: 'quorum' | 'classic'; databases?: { postgres: TestPostgres; clickhouse: TestClickHouse }; others?: OtherContracts } = {}): Promise<ControlRoom> {
  const { databases } = told;
  const [postgres, engine, broker] = await Promise.all([databases?.postgres ?? createTestPostgres(), databases?.clickhouse ?? createTestClickHouse(), startTestBroker()]);
  const stores = await openStores({ postgres: postgres.url, clickhouse: engine.writerUrl });
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-control-room-'));
  const vhost = await broker.createVhost();
  const url = broker.amqpUrl(undefined, vhost);
  const connections: { close(): Promise<void> }[] = [];
  const channel = async () => {
    const connection = await connectAmqp(url);
    connection.on('error', () => undefined);
    connections.push(connection);
    const opened = await connection.createConfirmChannel();
    opened.on('error', () => undefined);
    return opened;
  };
  await declare(await channel(), told.queueType ?? 'quorum');
  const operator = await broker.createUser({ tags: ['administrator'], permissions: { vhost, configure: '.*', write: '.*', read: '.*' } });
  const writeContracts = (more: MoreContracts) => writeFile(join(folder, 'contracts.yaml'), contracts(broker, vhost, operator.user, told.replay ?? 'class: R2, approval: four-eyes, rate: 600/s, edit: { allowed: ["header:charge"] }', more) + (told.others?.documents(vhost) ?? ''));
  await writeContracts({});
  const [engineer, approver] = [person('engineer', ['engineer']), person('approver', ['approver'])];
  for (const { id, email, name } of [engineer, approver]) await stores.db.insert(schema.users).values({ id, email, name });
  const running: CollectorProcess[] = [];
  const as = (actor: Person) => ({ ...stores, actor, now: () => new Date(), vault: () => createEditVault(SECRET) });
  const until = async (id: string, holds: (operation: OperationView) => boolean) => {
    for (;;) {
      const operation = await readOperation(as(engineer), { id });
      if (holds(operation)) return operation;
      await pause(LOOK_MS);
    }
  };
  const plan = async (asked: Asked) => {
    const { id } = await requestOperation(as(engineer), { ...asked, id: uuidv7(), flowId: asked.flowId ?? FLOW_ID, hopId: asked.hopId ?? HOP_ID });
    return until(id, ({ state }) => state !== 'draft');
  };
  const holdUntil = async (holdId: string, is: (hold: HoldView) => boolean) => {
    for (;;) {
      const found = (await listHolds(as(engineer), {})).items.find(({ id }) => id === holdId);
      if (found && is(found)) return found;
      await pause(LOOK_MS);
    }
  };

  return {
    ...stores, broker, vhost, operator, url, channel, engineer, approver, as, plan, until, holdUntil, writeContracts,
    hold: (holdId) => holdUntil(holdId, () => true),
    ended: (id) => until(id, ({ state }) => ENDED.includes(state)),
    startCollectors: async () => {
      const collectors = await startCollectors({
        DATABASE_URL: postgres.url, CLICKHOUSE_URL: engine.writerUrl, CONTRACTS_DIR: folder, SIGNALBOX_DATA_DIR: join(folder, String(running.length)), COLLECTORS_ROLES: 'taps,operations',
        SIGNALBOX_SECRET: SECRET.toString('base64'), BROKER_PASSWORD: broker.admin.password, OPERATOR_PASSWORD: operator.password, ...told.others?.env,
      });
      running.push(collectors);
      return collectors;
    },
    tapped: async () => {
      for (const exchange of [EXCHANGE, 'dead', STAGED.exchange, 'claims.dead']) {
        const address = `${broker.managementUrl}/api/exchanges/${encodeURIComponent(vhost)}/${exchange}/bindings/source`;
        const authorization = `Basic ${Buffer.from(`${broker.admin.user}:${broker.admin.password}`).toString('base64')}`;
        for (;;) {
          const bindings = (await (await fetch(address, { headers: { authorization } })).json()) as { destination: string }[];
          if (bindings.some(({ destination }) => destination.startsWith('signalbox.tap.'))) break;
          await pause(LOOK_MS);
        }
      }
    },
    begin: async (asked) => {
      const planned = await plan(asked);
      if (planned.state !== 'planned') throw new Error(`No plan: ${planned.summary}`);
      const confirmed = await confirmOperation(as(engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test', ...(planned.plan?.typedConfirmation ? { typed: planned.plan.typedConfirmation } : {}) });
      return confirmed.state === 'awaiting-approval' ? approveOperation(as(approver), { id: planned.id, planHash: planned.planHash! }) : confirmed;
    },
    close: async () => {
      for (const collectors of running) await collectors.kill();
      for (const connection of connections) await connection.close().catch(() => undefined);
      await stores.close();
      await Promise.all([postgres.drop(), engine.drop(), broker.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function declare(channel: ConfirmChannel, type: 'quorum' | 'classic'): Promise<void> {
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  await channel.assertExchange('dead', 'topic', { durable: true });
  await channel.assertQueue(DEAD, { durable: true, arguments: { 'x-queue-type': 'classic' } });
  await channel.bindQueue(DEAD, 'dead', '#');
  await channel.assertQueue(ALTERNATE, { durable: true });
  await channel.assertQueue(WORK, { durable: true, arguments: { 'x-queue-type': type, 'x-dead-letter-exchange': 'dead' } });
  await channel.bindQueue(WORK, EXCHANGE, 'charge.#');
  await channel.assertExchange(STAGED.exchange, 'topic', { durable: true });
  await channel.assertExchange('claims.dead', 'topic', { durable: true });
  await channel.assertQueue('claims.dead', { durable: true, arguments: { 'x-queue-type': 'classic' } });
  await channel.bindQueue('claims.dead', 'claims.dead', '#');
  await channel.assertQueue(STAGED.work, { durable: true, arguments: { 'x-queue-type': type, 'x-dead-letter-exchange': 'claims.dead' } });
  await channel.bindQueue(STAGED.work, STAGED.exchange, 'claim.#');
}

function contracts(broker: TestBroker, vhost: string, operator: string, replay: string, { sources = '', spec = '' }: MoreContracts): string {
  const management = new URL(broker.managementUrl);
  const amqp = new URL(broker.amqpUrl());
  return `apiVersion: signalbox/v1
kind: Sources
systems: [{ id: middleware, name: Middleware }]
sources:
  - id: broker
    system: middleware
    kind: rabbitmq
    connect: { management: "${management.origin}", amqp: "amqp://${amqp.host}", vhosts: ["${vhost}"], pollSeconds: 2, user: admin, password: { env: BROKER_PASSWORD }, levers: { user: "${operator}", password: { env: OPERATOR_PASSWORD } } }
${sources}
---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: ${FLOW_ID}, owner: { technical: integration-billing } }
spec:
  path:
    - id: ${HOP_ID}
      channel: { source: broker, kind: queue, vhost: "${vhost}", exchange: ${EXCHANGE}, keys: ["charge.#"], name: ${WORK}, deadLetter: { exchange: dead, queue: ${DEAD} } }
  fields:
    message: { from: ["header:message_id"] }
    facility: { from: ["key:2"] }
    payer: { from: ["key:3"] }
    charge: { from: ["header:charge"], case: true }
    amount: { from: ["header:amount"], currency: USD }
  pause: { allowed: true, maxHold: PT4H }
  replay: { ${replay} }
${spec}
---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: ${STAGED.flowId}, owner: { technical: integration-billing } }
spec:
  path:
    - id: ${HOP_ID}
      channel: { source: broker, kind: queue, vhost: "${vhost}", exchange: ${STAGED.exchange}, keys: ["claim.#"], name: ${STAGED.work}, deadLetter: { exchange: claims.dead, queue: claims.dead } }
  fields:
    message: { from: ["header:message_id"] }
    facility: { from: ["key:2"] }
    payer: { from: ["key:3"] }
  pause: { allowed: true, maxHold: PT4H }
  replay: { class: R2, approval: none, confirm: { stages: [{ name: ${STAGED.stage}, flow: ${STAGED.flowId}, hop: ${HOP_ID}, leg: leave, within: PT1H }] } }
`;
}
