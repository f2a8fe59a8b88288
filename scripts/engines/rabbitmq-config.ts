import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Short name of the node; its data lies in a folder of that name. */
export const NODE_NAME = 'signalbox@localhost';

/** Folder of the node's database in its data directory. */
export const DATABASE_DIRECTORY = 'data';

/** Where one node listens; everything on loopback. */
export interface RabbitMqPorts {
  amqp: number;
  management: number;
  /** Erlang distribution: what rabbitmqctl talks to. */
  distribution: number;
  /** Erlang's port mapper, one of this node's own. */
  epmd: number;
}

/** What a node is configured with. */
export interface RabbitMqConfig {
  dataDir: string;
  ports: RabbitMqPorts;
  admin: { user: string; password: string };
}

/** Writes configuration, plugin list and cookie; `guest` never exists, because the first start makes the administrator instead. */
export function writeRabbitMqFiles({ dataDir, ports, admin }: RabbitMqConfig): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${ports.amqp}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': ports.management,
    default_user: admin.user,
    default_pass: admin.password,
    'default_user_tags.administrator': 'true',
    'log.file': 'false',
    'log.console': 'true',
    'log.console.level': 'warning',
    'log.console.use_colors': 'off',
    // Half a gigabyte by default, held in memory up to three times: too much for a node beside everything else.
    'raft.wal_max_size_bytes': 64_000_000,
  };
  const text = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(dataDir, 'rabbitmq.conf'), text.join(''), { mode: 0o600 });
  writeFileSync(join(dataDir, 'enabled_plugins'), '[rabbitmq_management].\n', { mode: 0o600 });
  const cookie = join(dataDir, '.erlang.cookie');
  if (!existsSync(cookie)) writeFileSync(cookie, randomBytes(24).toString('hex'), { mode: 0o400 });
}

/** Environment of the node, its port mapper and its command line: nothing of an installed node's own settings applies. */
export function rabbitMqEnvironment({ dataDir, ports }: RabbitMqConfig): NodeJS.ProcessEnv {
  const inherited = { ...process.env };
  for (const name of Object.keys(inherited)) {
    if (/^(RABBITMQ_|ERL_|ERLANG_)/.test(name)) delete inherited[name];
  }
  return {
    ...inherited,
    // Erlang looks for its cookie here.
    HOME: dataDir,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: NODE_NAME,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(dataDir, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dataDir, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dataDir, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(dataDir, DATABASE_DIRECTORY),
    RABBITMQ_LOG_BASE: join(dataDir, 'log'),
    // Without input handling of its own the start script becomes the node, so that a signal to it reaches the node.
    RABBITMQ_ALLOW_INPUT: 'true',
    RABBITMQ_SERVER_START_ARGS: '-noinput +B i',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CTL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
}
