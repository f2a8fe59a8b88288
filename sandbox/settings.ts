import { join } from 'node:path';
import type { SystemId } from './vocabulary';
import { SYSTEMS } from './vocabulary';

/** A RabbitMQ that some flows run over: an AMQP URL (with administrator rights for the network as a whole) and its management API. */
export interface BrokerSettings {
  url: string;
  managementUrl: string;
}

/** Where batch jobs ask before each run whether they may. */
export interface GateSettings {
  url: string;
  token: string;
}

export interface Settings {
  databaseUrl: string;
  /** Undefined: every flow runs over interface tables. */
  broker: BrokerSettings | undefined;
  /** Undefined: batch jobs ask nobody. */
  gate: GateSettings | undefined;
  controlPort: number;
  otlpUrl: string;
  otlpProtocol: 'protobuf' | 'json';
  /** Where rendered contracts go; undefined renders none. */
  contractsOut: string | undefined;
  /** Where the passwords of the users that may watch the network go, for who reads the rendered contracts. */
  credentialsOut: string | undefined;
  /** By how much business durations are compressed: 60 makes an hour of business a minute. Instants are never compressed. */
  factor: number;
  seed: string;
  basePort: number;
  vocabularyFile: string | undefined;
}

/** Reads SANDBOX_* from the environment; an invalid value is an error that names it. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const databaseUrl = env['SANDBOX_DATABASE_URL'];
  if (!databaseUrl) {
    throw new Error('SANDBOX_DATABASE_URL is not set: give the sandbox a Postgres database of its own, as postgres://user:password@host:port/name');
  }
  const otlpProtocol = env['SANDBOX_OTLP_PROTOCOL'] || 'protobuf';
  if (otlpProtocol !== 'protobuf' && otlpProtocol !== 'json') {
    throw new Error(`SANDBOX_OTLP_PROTOCOL is "${otlpProtocol}": it must be protobuf or json`);
  }
  const factor = Number(env['SANDBOX_FACTOR'] || 60);
  if (!Number.isFinite(factor) || factor < 1) {
    throw new Error(`SANDBOX_FACTOR is "${env['SANDBOX_FACTOR']}": it must be a number of at least 1`);
  }
  const contractsOut = env['SANDBOX_CONTRACTS_OUT'] || undefined;
  return {
    databaseUrl,
    broker: brokerSettings(env),
    gate: gateSettings(env),
    controlPort: port(env, 'SANDBOX_CONTROL_PORT', 3100),
    otlpUrl: (env['SANDBOX_OTLP_URL'] || 'http://127.0.0.1:4318').replace(/\/$/, ''),
    otlpProtocol,
    contractsOut,
    credentialsOut: env['SANDBOX_CREDENTIALS_OUT'] || (contractsOut && join(contractsOut, '.credentials')),
    factor,
    seed: env['SANDBOX_SEED'] || 'meridian',
    basePort: port(env, 'SANDBOX_BASE_PORT', 4100),
    vocabularyFile: env['SANDBOX_VOCABULARY'] || undefined,
  };
}

/** Services listen on loopback only. */
export const HOST = '127.0.0.1';

/** The port a system listens on. */
export function portOf(system: SystemId, basePort: number): number {
  return basePort + SYSTEMS.indexOf(system) + 1;
}

function brokerSettings(env: NodeJS.ProcessEnv): BrokerSettings | undefined {
  const url = env['SANDBOX_AMQP_URL'];
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^amqps?:$/.test(new URL(url).protocol)) {
    throw new Error('SANDBOX_AMQP_URL is not an AMQP address: write it as amqp://user:password@host:port');
  }
  const { hostname } = new URL(url);
  return { url, managementUrl: (env['SANDBOX_RABBITMQ_MANAGEMENT_URL'] || `http://${hostname}:15672`).replace(/\/$/, '') };
}

function gateSettings(env: NodeJS.ProcessEnv): GateSettings | undefined {
  const url = env['SANDBOX_GATE_URL'];
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`SANDBOX_GATE_URL is "${url}": it must be an address such as http://127.0.0.1:3000`);
  }
  const token = env['SANDBOX_GATE_TOKEN'];
  if (!token) throw new Error('SANDBOX_GATE_URL is set and SANDBOX_GATE_TOKEN is not: the gate answers nobody without a token');
  return { url: url.replace(/\/$/, ''), token };
}

function port(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name] || otherwise);
  if (!Number.isInteger(value) || value < 1 || value > 65_000) {
    throw new Error(`${name} is "${env[name]}": it must be a port number`);
  }
  return value;
}
