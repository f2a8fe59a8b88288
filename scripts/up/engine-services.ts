import { join } from 'node:path';
import { startClickHouse } from '../engines/clickhouse';
import { startPostgres } from '../engines/postgres';
import { startRabbitMq } from '../engines/rabbitmq';
import type { DataDirectory } from './data-directory';
import type { EnginePorts } from './ports';
import { RotatingLog } from './rotating-log';
import type { RunningService, Service } from './service';
import type { Secrets } from './secrets';

/** An engine as a service that also knows its version. */
export type EngineService = Service<RunningService & { version: string; port: number }>;

/** Who administers the embedded RabbitMQ. */
export const RABBITMQ_ADMINISTRATOR = 'signalbox';

/** The embedded Postgres. */
export function postgresService(directory: DataDirectory, ports: EnginePorts, secrets: Secrets): EngineService {
  const log = new RotatingLog(join(directory.logs, 'postgres.log'));
  return {
    name: 'Postgres',
    endSignal: 'SIGINT',
    start: () =>
      startPostgres({
        dataDir: directory.postgres,
        port: ports.postgres,
        password: secrets.postgresPassword,
        onOutput: (chunk) => log.write(chunk),
      }),
  };
}

/** The embedded ClickHouse. */
export function clickHouseService(directory: DataDirectory, ports: EnginePorts, secrets: Secrets): EngineService {
  const log = new RotatingLog(join(directory.logs, 'clickhouse.log'));
  return {
    name: 'ClickHouse',
    // It ends by itself when the supervisor's end of its input closes; a signal would cut that short.
    endSignal: 'SIGINT',
    start: () =>
      startClickHouse({
        dataDir: directory.clickHouse,
        port: ports.clickHouse,
        users: {
          writer: { password: secrets.clickHouseWriterPassword },
          reader: { password: secrets.clickHouseReaderPassword },
        },
        onOutput: (chunk) => log.write(chunk),
      }),
  };
}

/** A node of the RabbitMQ that is installed on this machine. */
export function rabbitMqService(directory: DataDirectory, ports: EnginePorts, secrets: Secrets): EngineService {
  const log = new RotatingLog(join(directory.logs, 'rabbitmq.log'));
  return {
    name: 'RabbitMQ',
    endSignal: 'SIGTERM',
    start: (signal, spawned) =>
      startRabbitMq({
        dataDir: directory.rabbitMq,
        ports: { amqp: ports.rabbitMq, management: ports.rabbitMqManagement },
        admin: { user: RABBITMQ_ADMINISTRATOR, password: secrets.rabbitMqPassword },
        signal,
        onSpawned: spawned,
        onOutput: (chunk) => log.write(chunk),
      }),
  };
}
