import type { UpArguments } from './arguments.mjs';
import type { Broker } from './broker';
import type { DataDirectory } from './data-directory';
import type { Secrets } from './secrets';

/** Where the stores of this start are; URLs carry credentials. */
export interface StoreUrls {
  database: string;
  /** For migrations; undefined where the one role of a server of one's own does both. */
  databaseOwner: string | undefined;
  clickHouseWriter: string;
  clickHouseReader: string;
  /** Undefined without the sandbox. */
  sandboxDatabase: string | undefined;
}

/** What our processes are told. */
export interface Environments {
  migration: NodeJS.ProcessEnv;
  collectors: NodeJS.ProcessEnv;
  web: NodeJS.ProcessEnv;
  sandbox: NodeJS.ProcessEnv;
  contractsDir: string;
  webUrl: string;
  otlpUrl: string;
}

/** Variables of the user's that only some of our processes may see. */
const PRIVATE = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'CLICKHOUSE_URL', 'CLICKHOUSE_READ_URL', 'SIGNALBOX_SECRET', 'NEXTAUTH_SECRET', 'AUDIT_SINK_TOKEN', 'SANDBOX_DATABASE_URL', 'SANDBOX_GATE_TOKEN', 'RABBITMQ_URL', 'RABBITMQ_MANAGEMENT_URL'];

/** What the sandbox is told beside its environment when it has a broker. */
export function brokerEnvironment(broker: Broker | undefined): Record<string, string> {
  return broker ? { SANDBOX_AMQP_URL: broker.amqpUrl, SANDBOX_RABBITMQ_MANAGEMENT_URL: broker.managementUrl } : {};
}

/** Composes the environment of each process: every one gets the credentials it needs and no others. */
export function composeEnvironments(
  inherited: NodeJS.ProcessEnv,
  options: UpArguments,
  directory: DataDirectory,
  secrets: Secrets,
  stores: StoreUrls,
): Environments {
  const base: NodeJS.ProcessEnv = { ...inherited, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  for (const name of PRIVATE) delete base[name];
  const contractsDir = inherited.CONTRACTS_DIR ?? directory.contracts;
  const host = inherited.HOST ?? '127.0.0.1';
  const webUrl = inherited.NEXTAUTH_URL ?? `http://localhost:${options.port}`;
  const otlpHost = inherited.OTLP_HTTP_HOST ?? '127.0.0.1';
  const otlpUrl = `http://127.0.0.1:${options.otlpPort}`;
  const product = {
    ...base,
    DATABASE_URL: stores.database,
    CONTRACTS_DIR: contractsDir,
    SIGNALBOX_DATA_DIR: directory.root,
    SIGNALBOX_SUPERVISOR_FILE: directory.supervisorFile,
    SIGNALBOX_SECRET: inherited.SIGNALBOX_SECRET ?? secrets.signalboxSecret,
    OTLP_HTTP_PORT: String(options.otlpPort),
    OTLP_HTTP_HOST: otlpHost,
  };
  const gateToken = options.sandbox ? { SANDBOX_GATE_TOKEN: secrets.sandboxGateToken } : {};
  const writer = { ...product, CLICKHOUSE_URL: stores.clickHouseWriter };
  return {
    migration: { ...writer, DATABASE_OWNER_URL: stores.databaseOwner, ...gateToken },
    collectors: { ...writer, AUDIT_SINK_TOKEN: inherited.AUDIT_SINK_TOKEN },
    web: {
      ...product,
      CLICKHOUSE_URL: stores.clickHouseReader,
      NEXTAUTH_SECRET: inherited.NEXTAUTH_SECRET ?? secrets.nextAuthSecret,
      NEXTAUTH_URL: webUrl,
      PORT: String(options.port),
      HOST: host,
    },
    sandbox: {
      ...base,
      SANDBOX_DATABASE_URL: stores.sandboxDatabase,
      SANDBOX_CONTROL_PORT: String(options.sandboxPort),
      SANDBOX_BASE_PORT: inherited.SANDBOX_BASE_PORT ?? String(options.sandboxPort + 1000),
      SANDBOX_OTLP_URL: otlpUrl,
      SANDBOX_GATE_URL: `http://${reachable(host)}:${options.port}`,
      ...gateToken,
      SANDBOX_CONTRACTS_OUT: directory.contracts,
      SANDBOX_CREDENTIALS_OUT: directory.credentials,
      SANDBOX_SEED: inherited.SANDBOX_SEED ?? 'meridian',
      ...(options.factor === undefined ? {} : { SANDBOX_FACTOR: String(options.factor) }),
    },
    contractsDir,
    webUrl,
    otlpUrl,
  };
}

/** How a process on this machine reaches what listens on a host. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
