import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { offerBroker } from './shared-broker';
import { startClickHouse } from '../engines/clickhouse';
import { startPostgres } from '../engines/postgres';

/** Where the engines of a test run are; suites make their own databases there, see databases.ts. */
export interface TestEngines {
  /** Superuser URL of the maintenance database. */
  postgresUrl: string;
  clickHouse: {
    url: string;
    writer: { user: string; password: string };
    reader: { user: string; password: string };
  };
  /** Answers with the configuration of a RabbitMQ that suites share, once it runs. */
  brokerUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    engines: TestEngines;
  }
}

/** Starts both engines once for all integration suites, and offers a broker to those that want one. They end with this process, however it ends. */
export default async function startEngines(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-engines-'));
  // As root, Postgres runs under its own account and must be able to enter.
  chmodSync(directory, 0o755);
  const password = (): string => randomBytes(18).toString('base64url');
  const starting = [
    startPostgres({ dataDir: join(directory, 'postgres'), password: password() }),
    startClickHouse({
      dataDir: join(directory, 'clickhouse'),
      users: { writer: { password: password() }, reader: { password: password() } },
    }),
  ] as const;
  const offer = await offerBroker(join(directory, 'broker'));
  const stop = async (): Promise<void> => {
    await offer.stop();
    for (const engine of await Promise.allSettled(starting)) {
      if (engine.status === 'fulfilled') await engine.value.stop();
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [postgres, clickHouse] = await Promise.all(starting);
    const { url, users } = clickHouse;
    project.provide('engines', { postgresUrl: postgres.url('postgres'), clickHouse: { url, ...users }, brokerUrl: offer.url });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
