import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import type { BusinessMessage } from '../network/message';
import { queueInsteadOf } from '../network/queues';
import type { Settings } from '../settings';
import { portOf, readSettings } from '../settings';
import type { FromSystem, ToSystem } from '../supervisor/protocol';
import type { SystemId } from '../vocabulary';
import { loadVocabulary } from '../vocabulary';
import type { Faults } from './active-faults';
import { createFaults } from './active-faults';
import type { AgendaTask } from './agenda';
import { startAgenda } from './agenda';
import type { Broker } from './broker';
import { attachToBroker } from './broker';
import type { Consumer, Delivery } from './consumer';
import { startConsumer } from './consumer';
import type { DatabaseAddress } from './database';
import { databaseAddress, openPool } from './database';
import type { Gate } from './gate-client';
import { followGate } from './gate-client';
import type { Call } from './http-client';
import { createCall } from './http-client';
import type { ServedRoute } from './http-server';
import { serve } from './http-server';
import type { ServedLookup } from './lookups';
import { startPurge } from './purge';
import { startQueueConsumer } from './queue-consumer';
import type { Telemetry } from './telemetry';
import { startTelemetry } from './telemetry';
import { startTicker } from './ticker';

/** What a system works with. */
export interface SystemContext {
  settings: Settings;
  pool: Pool;
  database: DatabaseAddress;
  /** Undefined where there is no broker, or this system has no part in what runs over it. */
  broker: Broker | undefined;
  telemetry: Telemetry;
  faults: Faults;
  call: Call;
}

interface Running {
  stop(): void;
}

/** Starts the moving parts of a system; all of them end with the process. */
export interface SystemParts {
  /** Takes what is handed over through a table, or through the queue that stands in for it. */
  consume(
    table: InterfaceTable, destination: string, work: (message: BusinessMessage, attempt: number) => Promise<void>, name?: string,
  ): Promise<Consumer>;
  agenda(tasks: Record<string, AgendaTask>): Promise<void>;
  tick(name: string, busiestPerMinute: number, emit: () => Promise<void>): void;
  /** The gate that a batch job of this flow asks before each run; undefined where nobody keeps one. */
  gate(flow: string): Gate | undefined;
}

export interface SystemDefinition {
  id: SystemId;
  routes(context: SystemContext): ServedRoute[];
  lookups?(context: SystemContext): ServedLookup[];
  start(context: SystemContext, parts: SystemParts): Promise<void>;
}

/** How long a system waits for its broker before it starts without; it finds it later. */
const BROKER_HEAD_START_MS = 10_000;

/**
 * Runs one system as this process: listens, waits for its parent to say that all systems listen, then starts working.
 * Ends when the parent asks or disappears.
 */
export async function runSystem(definition: SystemDefinition): Promise<void> {
  const settings = readSettings(process.env);
  const telemetry = startTelemetry(definition.id, settings, loadVocabulary(settings.vocabularyFile));
  const pool = openPool(settings.databaseUrl);
  const faults = createFaults();
  const call = createCall({ telemetry, basePort: settings.basePort });
  const broker = settings.broker && attachToBroker(settings.broker.url, telemetry.service);
  const context: SystemContext = { settings, pool, database: databaseAddress(settings.databaseUrl), broker, telemetry, faults, call };
  const running: Running[] = broker ? [broker] : [];
  // A message that cannot be delivered means that the parent is gone.
  const tell = (message: FromSystem) => process.send?.(message, (error: Error | null) => {
    if (error !== null) void end();
  });
  const giveUp = (error: unknown) => {
    const message: FromSystem = { type: 'failed', message: error instanceof Error ? error.message : String(error) };
    process.send?.(message, () => process.exit(1));
  };

  let ending = false;
  async function end(): Promise<void> {
    if (ending) return;
    ending = true;
    for (const part of running) part.stop();
    await telemetry.shutdown();
    process.exit(0);
  }
  process.on('disconnect', () => void end());
  process.on('SIGTERM', () => void end());
  // Ctrl-C reaches the whole process group; the parent decides when systems end.
  process.on('SIGINT', () => undefined);
  // The parent may have died while this process was still loading, before it could be heard.
  if (!process.connected) return end();

  let hasTraffic = false;
  function noteTraffic(): void {
    if (hasTraffic) return;
    hasTraffic = true;
    tell({ type: 'traffic' });
  }

  const parts: SystemParts = {
    async consume(table, destination, work, name) {
      const queue = queueInsteadOf(table, destination);
      const options = { ...context, name, onWorked: noteTraffic, work: ({ message, attempt }: Delivery) => work(message, attempt) };
      const consumer = broker && queue ? startQueueConsumer({ ...options, broker, queue }) : await startConsumer({ ...options, table, destination });
      running.push(consumer);
      return consumer;
    },
    async agenda(tasks) {
      running.push(await startAgenda({ ...context, schema: definition.id, tasks }));
    },
    gate(flow) {
      if (settings.gate === undefined) return undefined;
      // Agreed for both batch jobs: analytics may be stale, but not for want of an answer.
      const gate = followGate({ ...settings.gate, flow, beforeFirstAnswer: 'open' });
      running.push(gate);
      return gate;
    },
    tick(name, busiestPerMinute, emit) {
      running.push(startTicker({ name, busiestPerMinute, emit }));
    },
  };

  process.on('message', (message: ToSystem) => {
    if (message.type === 'faults') faults.set(message.active);
    else {
      running.push(startPurge(pool, definition.id));
      const brokerThere = broker && Promise.race([broker.publisher.connected, pause(BROKER_HEAD_START_MS)]);
      Promise.resolve(brokerThere).then(() => definition.start(context, parts)).catch(giveUp);
    }
  });

  try {
    const server = await serve({ routes: definition.routes(context), lookups: definition.lookups?.(context) ?? [], port: portOf(definition.id, settings.basePort), telemetry, faults });
    running.push({ stop: () => void server.close() });
    tell({ type: 'listening' });
  } catch (error) {
    giveUp(error);
  }
}
