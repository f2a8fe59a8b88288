import { databaseUrl, ensureDatabase, type OwnedDatabase } from './databases';
import type { DataDirectory } from './data-directory';
import { READER_NAME, WRITER_NAME } from '../engines/clickhouse-config';
import { clickHouseService, postgresService, type EngineService } from './engine-services';
import type { StoreUrls } from './environment';
import { checkExternalClickHouse, checkExternalPostgres } from './external-stores';
import type { EnginePorts } from './ports';
import { step } from './progress.mjs';
import type { Secrets } from './secrets';
import type { Supervisor } from './supervisor';

const CLICKHOUSE_DATABASE = 'signalbox';

/** Where the stores are, and a line about each for the person who started. */
export interface Stores {
  urls: StoreUrls;
  descriptions: string[];
}

export interface StoresRequest {
  environment: NodeJS.ProcessEnv;
  directory: DataDirectory;
  ports: EnginePorts;
  secrets: Secrets;
  supervisor: Supervisor;
  sandbox: boolean;
}

/** Starts the embedded engines, or checks those of one's own, side by side. */
export async function openStores(request: StoresRequest): Promise<Stores> {
  const [postgres, clickHouse] = await Promise.all([openPostgres(request), openClickHouse(request)]);
  return {
    urls: { ...postgres.urls, ...clickHouse.urls },
    descriptions: [...postgres.descriptions, ...clickHouse.descriptions],
  };
}

async function openPostgres(
  request: StoresRequest,
): Promise<{ urls: Pick<StoreUrls, 'database' | 'databaseOwner' | 'sandboxDatabase'>; descriptions: string[] }> {
  const { environment, directory, ports, secrets, supervisor, sandbox } = request;
  const application = { name: 'signalbox_app', password: secrets.databaseAppPassword };
  const product: OwnedDatabase = { name: 'signalbox', password: secrets.databasePassword, guest: application };
  const ofSandbox: OwnedDatabase = { name: 'sandbox', password: secrets.sandboxPassword, makesRoles: true };
  const own = environment.DATABASE_URL;
  const ownSandbox = environment.SANDBOX_DATABASE_URL;
  const descriptions: string[] = [];
  if (own) {
    await step('Postgres', async () => {
      descriptions.push(`Postgres ${await checkExternalPostgres(own)} (yours)`);
      return descriptions.at(-1);
    });
  }
  const needed = [...(own ? [] : [product]), ...(sandbox && !ownSandbox ? [ofSandbox] : [])];
  if (needed.length > 0) {
    const service = postgresService(directory, ports, secrets);
    const description = await startEngine(service, supervisor);
    const superuser = databaseUrl(ports.postgres, { name: 'postgres', password: secrets.postgresPassword });
    for (const database of needed) await ensureDatabase(superuser, database);
    descriptions.push(own ? `${description} (the sandbox's)` : description);
  }
  return {
    urls: {
      database: own ?? databaseUrl(ports.postgres, product, application),
      databaseOwner: own ? environment.DATABASE_OWNER_URL : databaseUrl(ports.postgres, product),
      sandboxDatabase: sandbox ? (ownSandbox ?? databaseUrl(ports.postgres, ofSandbox)) : undefined,
    },
    descriptions,
  };
}

async function openClickHouse(
  request: StoresRequest,
): Promise<{ urls: Pick<StoreUrls, 'clickHouseWriter' | 'clickHouseReader'>; descriptions: string[] }> {
  const { environment, directory, ports, secrets, supervisor } = request;
  const own = environment.CLICKHOUSE_URL;
  if (own) {
    const forReading = environment.CLICKHOUSE_READ_URL ?? own;
    let description = '';
    await step('ClickHouse', async () => {
      description = `ClickHouse ${await checkExternalClickHouse(own, 'CLICKHOUSE_URL')} (yours)`;
      if (forReading !== own) await checkExternalClickHouse(forReading, 'CLICKHOUSE_READ_URL');
      return description;
    });
    return { urls: { clickHouseWriter: own, clickHouseReader: forReading }, descriptions: [description] };
  }
  const description = await startEngine(clickHouseService(directory, ports, secrets), supervisor);
  const url = (user: string, password: string): string =>
    `http://${user}:${encodeURIComponent(password)}@127.0.0.1:${ports.clickHouse}/${CLICKHOUSE_DATABASE}`;
  return {
    urls: {
      clickHouseWriter: url(WRITER_NAME, secrets.clickHouseWriterPassword),
      clickHouseReader: url(READER_NAME, secrets.clickHouseReaderPassword),
    },
    descriptions: [description],
  };
}

async function startEngine(service: EngineService, supervisor: Supervisor): Promise<string> {
  let description = '';
  await step(service.name, async () => {
    const running = await supervisor.start(service);
    description = `${service.name} ${running.version} on 127.0.0.1:${running.port}`;
    return description.replace(' on ', ' started on ');
  });
  return description;
}
