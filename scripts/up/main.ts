import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError, type UpArguments } from './arguments.mjs';
import { buildWeb, isBuilt } from './build';
import { lockDataDirectory, openDataDirectory, type DataDirectory } from './data-directory';
import { openBroker, type BrokerOutcome, type ComingBroker } from './broker';
import { brokerEnvironment, composeEnvironments, type Environments } from './environment';
import { nodeService } from './node-service';
import { chooseEnginePorts, requireFreePort } from './ports';
import { awaitPredecessors } from './predecessors';
import { step } from './progress.mjs';
import { replaceFile } from './replace-file';
import { runNode } from './run-node';
import { loadSecrets } from './secrets';
import { openStores } from './stores';
import { createSupervisor, type Supervisor } from './supervisor';
import { accountLines, welcome, type NewUser } from './welcome';

const PREPARE_STORES = fileURLToPath(new URL('prepare-stores.ts', import.meta.url));

/** Batches of spans outlive the default young generation; copying them twice is a tenth of the collectors' work. */
const COLLECTOR_FLAGS = ['--max-semi-space-size=64'];

/** Order and patience of stopping: writers before the stores they write to, ten seconds in all. */
const STOP_STAGES = [
  { names: ['sandbox', 'web'], graceMs: 2_000 },
  { names: ['collectors'], graceMs: 3_000 },
  { names: ['ClickHouse', 'RabbitMQ'], graceMs: 2_500 },
  { names: ['Postgres'], graceMs: 2_000 },
];

/**
 * Starts everything and keeps it running until Ctrl-C.
 * @throws UsageError with one sentence when it cannot start
 */
export async function up(options: UpArguments, root: string): Promise<void> {
  const directory = openDataDirectory(options.dataDir);
  const release = lockDataDirectory(directory);
  const stopRequested = new AbortController();
  const supervisor = await superviseAfterPredecessors(directory, options, release);
  const stop = stopOnce(supervisor, stopRequested, release);
  listenForStop(supervisor, stop, release);
  const newUsers: NewUser[] = [];
  try {
    await startAll(options, root, directory, supervisor, stopRequested.signal, newUsers);
  } catch (error) {
    // Made before the failure and stored hashed: this is the last chance to show the passwords.
    if (newUsers.length > 0) console.log(accountLines(newUsers).join('\n'));
    const stoppedByUser = stopRequested.signal.aborted;
    await stop();
    if (stoppedByUser) return;
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function superviseAfterPredecessors(
  directory: DataDirectory,
  options: UpArguments,
  release: () => void,
): Promise<Supervisor> {
  try {
    await awaitPredecessors(directory.supervisorFile);
    await requireFreePort(options.port, process.env.HOST ?? '127.0.0.1', '--port');
    await requireFreePort(options.otlpPort, process.env.OTLP_HTTP_HOST ?? '127.0.0.1', '--otlp-port');
    if (options.sandbox) await requireFreePort(options.sandboxPort, '127.0.0.1', '--sandbox-port');
  } catch (error) {
    release();
    throw error;
  }
  return createSupervisor({
    reportFile: directory.supervisorFile,
    announce: (sentence) => console.log(`! ${new Date().toISOString().slice(11, 19)} ${sentence}`),
  });
}

async function startAll(
  options: UpArguments,
  root: string,
  directory: DataDirectory,
  supervisor: Supervisor,
  signal: AbortSignal,
  newUsers: NewUser[],
): Promise<void> {
  const secrets = loadSecrets(directory.secretsFile);
  const ports = await chooseEnginePorts(directory.portsFile);
  const building = isBuilt(root)
    ? Promise.resolve()
    : step('Building the web interface', () => buildWeb(root, join(directory.logs, 'build.log'), signal), { slow: true });
  const request = { environment: process.env, directory, ports, secrets, supervisor, sandbox: options.sandbox };
  const [stores, coming] = await Promise.all([openStores(request), openBroker(request), building]);
  const environments = composeEnvironments(process.env, options, directory, secrets, stores.urls);
  const { DATABASE_URL, CLICKHOUSE_URL, SIGNALBOX_SECRET } = environments.collectors;
  const { NEXTAUTH_URL } = environments.web;
  replaceFile(directory.environmentFile, `${JSON.stringify({ DATABASE_URL, CLICKHOUSE_URL, SIGNALBOX_SECRET, NEXTAUTH_URL }, null, 2)}\n`, 0o600);

  await step('Schemas and users up to date', async () => {
    const output = await runNode('Migrating the stores', PREPARE_STORES, { cwd: root, env: environments.migration, signal });
    newUsers.push(...(JSON.parse(output.trim().split('\n').at(-1) ?? '[]') as NewUser[]));
  });
  const broker = await startPrograms(options, root, directory, supervisor, environments, coming);
  const facts = {
    url: environments.webUrl,
    newUsers,
    otlpUrl: environments.otlpUrl,
    sandboxUrl: options.sandbox ? `http://localhost:${options.sandboxPort}` : undefined,
    contractsDir: environments.contractsDir,
    dataDir: directory.root,
    engines: [...stores.descriptions, ...(broker.description ? [broker.description] : [])],
    notes: broker.note ? [broker.note] : [],
  };
  console.log(welcome(facts));
}

async function startPrograms(
  options: UpArguments,
  root: string,
  directory: DataDirectory,
  supervisor: Supervisor,
  environments: Environments,
  coming: ComingBroker,
): Promise<BrokerOutcome> {
  const start = async (name: string, script: string, environment: NodeJS.ProcessEnv, host: string, port: number, nodeFlags?: readonly string[]): Promise<void> => {
    const logFile = join(directory.logs, `${name}.log`);
    const ready = { host: host === '0.0.0.0' ? '127.0.0.1' : host, port };
    await step(name, async () => {
      await supervisor.start(nodeService({ name, script: join(root, script), nodeFlags, workingDirectory: root, environment, logFile, ready }));
      return `${name} started on ${host}:${port}`;
    });
  };
  const { collectors, web, sandbox } = environments;
  const startPipeline = async (): Promise<BrokerOutcome> => {
    await start('collectors', 'collectors/main.ts', collectors, collectors.OTLP_HTTP_HOST ?? '127.0.0.1', options.otlpPort, COLLECTOR_FLAGS);
    const outcome = await coming.settled;
    if (outcome.note) supervisor.note(outcome.note);
    if (options.sandbox) {
      const environment = { ...sandbox, ...brokerEnvironment(outcome.broker) };
      await start('sandbox', 'sandbox/main.ts', environment, '127.0.0.1', options.sandboxPort);
    }
    return outcome;
  };
  const [outcome] = await Promise.all([startPipeline(), start('web', 'scripts/web.ts', web, web.HOST ?? '127.0.0.1', options.port)]);
  return outcome;
}

function stopOnce(supervisor: Supervisor, stopRequested: AbortController, release: () => void): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopRequested.abort();
    stopped ??= supervisor.stop(STOP_STAGES).then(release);
    return stopped;
  };
}

function listenForStop(supervisor: Supervisor, stop: () => Promise<void>, release: () => void): void {
  let asked = false;
  const onSignal = (): void => {
    if (asked) {
      supervisor.kill();
      release();
      process.exit(130);
    }
    asked = true;
    console.log('\nStopping (Ctrl-C again to force)');
    const started = performance.now();
    void stop().then(() => {
      console.log(`✓ Everything has stopped · ${((performance.now() - started) / 1000).toFixed(1)} s`);
      process.exit(0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  process.once('uncaughtException', (error) => {
    console.error(`The supervisor failed (${error.message}): stopping everything. Start it again with npm run up.`);
    void stop().finally(() => process.exit(1));
  });
}
