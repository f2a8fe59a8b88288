import { setTimeout as pause } from 'node:timers/promises';
import { findRabbitMq, HOW_TO_GET_RABBITMQ } from '../engines/rabbitmq-programs.mjs';
import type { DataDirectory } from './data-directory';
import { RABBITMQ_ADMINISTRATOR, rabbitMqService } from './engine-services';
import { checkExternalRabbitMq } from './external-stores';
import type { EnginePorts } from './ports';
import { step } from './progress.mjs';
import type { Secrets } from './secrets';
import type { Supervisor } from './supervisor';

/** What the sandbox waits for a broker that is slow to start; after that it starts and finds the broker later. */
const PATIENCE_MS = 30_000;

/** The sandbox's message broker; URLs carry credentials. */
export interface Broker {
  amqpUrl: string;
  managementUrl: string;
}

/** A broker that is wanted and may still be starting. */
export interface ComingBroker {
  /** Resolves when the broker is there, has failed, or has taken too long to wait for. Never rejects. */
  settled: Promise<BrokerOutcome>;
}

export interface BrokerOutcome {
  /** Undefined: the sandbox does without. */
  broker: Broker | undefined;
  /** A line about the engine for the person who started. */
  description: string | undefined;
  /** What is off and how to turn it on. */
  note: string | undefined;
}

export interface BrokerRequest {
  environment: NodeJS.ProcessEnv;
  directory: DataDirectory;
  ports: EnginePorts;
  secrets: Secrets;
  supervisor: Supervisor;
  sandbox: boolean;
}

/**
 * Begins to start the sandbox's broker, or checks the one of one's own.
 * @throws UsageError when there is one of one's own and it cannot be used
 */
export async function openBroker(request: BrokerRequest): Promise<ComingBroker> {
  const { environment, sandbox } = request;
  if (!sandbox) return settledAs({});
  if (environment.RABBITMQ_URL) return settledAs(await externalBroker(environment.RABBITMQ_URL, environment.RABBITMQ_MANAGEMENT_URL));
  if (!findRabbitMq(environment)) {
    return settledAs({ note: offBecause('there is no RabbitMQ on this machine', HOW_TO_GET_RABBITMQ) });
  }
  return { settled: Promise.race([startBroker(request), lateBroker(request)]) };
}

async function externalBroker(url: string, managementUrl: string | undefined): Promise<Partial<BrokerOutcome>> {
  let outcome: Partial<BrokerOutcome> = {};
  await step('RabbitMQ', async () => {
    const { version, management, place } = await checkExternalRabbitMq(url, managementUrl);
    outcome = { broker: { amqpUrl: url, managementUrl: management }, description: `RabbitMQ ${version} at ${place} (yours)` };
    return outcome.description;
  });
  return outcome;
}

async function startBroker(request: BrokerRequest): Promise<BrokerOutcome> {
  try {
    let description = '';
    await step('RabbitMQ', async () => {
      const running = await request.supervisor.start(rabbitMqService(request.directory, request.ports, request.secrets));
      description = `RabbitMQ ${running.version} on 127.0.0.1:${running.port}, management on 127.0.0.1:${request.ports.rabbitMqManagement}`;
      return description.replace(' on ', ' started on ');
    });
    return { broker: embeddedBroker(request), description, note: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { broker: undefined, description: undefined, note: offBecause(reason, `see ${request.directory.logs}/rabbitmq.log, then start again`) };
  }
}

async function lateBroker(request: BrokerRequest): Promise<BrokerOutcome> {
  await pause(PATIENCE_MS, undefined, { ref: false });
  return { broker: embeddedBroker(request), description: 'RabbitMQ is still starting', note: undefined };
}

function embeddedBroker({ ports, secrets }: BrokerRequest): Broker {
  const { rabbitMq, rabbitMqManagement } = ports;
  return {
    amqpUrl: `amqp://${RABBITMQ_ADMINISTRATOR}:${encodeURIComponent(secrets.rabbitMqPassword)}@127.0.0.1:${rabbitMq}`,
    managementUrl: `http://127.0.0.1:${rabbitMqManagement}`,
  };
}

function settledAs(outcome: Partial<BrokerOutcome>): ComingBroker {
  return { settled: Promise.resolve({ broker: undefined, description: undefined, note: undefined, ...outcome }) };
}

function offBecause(reason: string, remedy: string): string {
  return `RabbitMQ in the sandbox: ${reason}, so its flows run over interface tables only. To turn it on, ${remedy}.`;
}
