import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { NODE_NAME, type RabbitMqConfig } from '../engines/rabbitmq-config';
import { runOnRabbitMq, startRabbitMq, type RunningRabbitMq } from '../engines/rabbitmq';
import { freePort } from '../engines/free-port';

/** An account on the broker. */
export interface BrokerUser {
  user: string;
  password: string;
}

/** What a user may do in a virtual host: three regular expressions over names of queues and exchanges. */
export interface BrokerPermissions {
  vhost: string;
  configure: string;
  write: string;
  read: string;
}

/** What a suite may do with a RabbitMQ that others use, too: everything within virtual hosts and users of its own. */
export interface SharedTestBroker {
  /** Without credentials, e.g. `http://127.0.0.1:15672`. */
  managementUrl: string;
  /** `amqp://user:password@127.0.0.1:port/vhost`; the administrator and `/` when absent. */
  amqpUrl(user?: BrokerUser, vhost?: string): string;
  /** Tagged administrator, with all permissions in `/` and in every virtual host made here. */
  admin: BrokerUser;
  nodeName: string;
  /** Runs `rabbitmqctl`, which starts a runtime of its own for it: a second of processor time. Answers what it wrote. */
  ctl(...args: string[]): Promise<string>;
  /** What `rabbitmqctl` would set, by the management API, e.g. `['policies', vhost, 'name']`. @throws Error with what the broker said */
  put(path: readonly string[], body: object): Promise<void>;
  delete(path: readonly string[]): Promise<void>;
  /** @returns its name, made up when absent */
  createVhost(name?: string): Promise<string>;
  createUser(options: { tags?: string[]; permissions?: BrokerPermissions }): Promise<BrokerUser>;
}

/** A RabbitMQ of a test suite's own: loopback only, gone with the process. */
export interface TestBroker extends SharedTestBroker {
  /** Stops the node in order and starts it on the same data and ports; the management plugin is on again afterwards. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  setPlugin(name: 'rabbitmq_management' | 'rabbitmq_shovel', on: boolean): Promise<void>;
  setMemoryAlarm(on: boolean): Promise<void>;
  setDiskAlarm(on: boolean): Promise<void>;
}

const ALL = { configure: '.*', write: '.*', read: '.*' };

/**
 * Starts a private node (about 6 s), for suites that hurt it. All others share one.
 * @throws Error with what to do when there is no RabbitMQ on this machine
 */
export async function startTestBroker(): Promise<TestBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-broker-'));
  const admin = { user: 'admin', password: randomBytes(18).toString('hex') };
  // The same after a restart, as clients expect it.
  const ports = { amqp: await freePort(), management: await freePort() };
  let node: RunningRabbitMq;
  try {
    node = await startRabbitMq({ dataDir, ports, admin });
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
  return {
    ...verbsOf(node.config),
    // Its other ports change with a restart.
    ctl: (...args) => node.run('ctl', args),
    restart: async () => {
      await node.stop();
      node = await startRabbitMq({ dataDir, ports, admin });
    },
    stop: async () => {
      // Nothing of it is kept, so nothing is gained by an orderly end.
      await node.stop(0);
      // What it started may still be writing its last while it ends.
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
    setPlugin: async (name, on) => {
      await node.run('plugins', [on ? 'enable' : 'disable', name]);
    },
    setMemoryAlarm: async (on) => {
      await node.run('ctl', ['set_vm_memory_high_watermark', on ? '0.000001' : '0.4']);
    },
    setDiskAlarm: async (on) => {
      await node.run('ctl', ['set_disk_free_limit', on ? '1000000GB' : '50MB']);
    },
  };
}

/**
 * The node that integration suites share: the first that asks starts it (engines.setup.ts).
 * @throws Error with what to do when there is no RabbitMQ on this machine
 */
export async function sharedTestBroker(): Promise<SharedTestBroker> {
  const response = await fetch(inject('engines').brokerUrl);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return verbsOf(JSON.parse(answer) as RabbitMqConfig);
}

function verbsOf(config: RabbitMqConfig): SharedTestBroker {
  const { admin, ports } = config;
  const managementUrl = `http://127.0.0.1:${ports.management}`;
  const unique = (): string => `test-${randomBytes(5).toString('hex')}`;
  const manage = async (method: 'PUT' | 'DELETE', parts: readonly string[], body?: object): Promise<void> => {
    const path = parts.map((part) => encodeURIComponent(part)).join('/');
    const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;
    const response = await fetch(`${managementUrl}/api/${path}`, { method, headers: { authorization, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`RabbitMQ refused ${method} ${path} (${response.status}): ${answer}`);
  };
  const put: SharedTestBroker['put'] = (path, body) => manage('PUT', path, body);
  const permit = (user: string, { vhost, configure, write, read }: BrokerPermissions): Promise<void> =>
    put(['permissions', vhost, user], { configure, write, read });
  return {
    managementUrl, admin,
    nodeName: NODE_NAME,
    amqpUrl: ({ user, password } = admin, vhost = '/') =>
      `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${ports.amqp}/${encodeURIComponent(vhost)}`,
    ctl: (...args) => runOnRabbitMq(config, 'ctl', args),
    put,
    delete: (path) => manage('DELETE', path),
    createVhost: async (name = unique()) => {
      await put(['vhosts', name], {});
      await permit(admin.user, { vhost: name, ...ALL });
      return name;
    },
    createUser: async ({ tags = [], permissions }) => {
      const account = { user: unique(), password: randomBytes(18).toString('hex') };
      await put(['users', account.user], { password: account.password, tags: tags.join(',') });
      if (permissions) await permit(account.user, permissions);
      return account;
    },
  };
}
