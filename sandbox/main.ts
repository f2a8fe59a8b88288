import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brokerUrlOf } from './broker/accounts';
import { prepareBroker } from './broker/prepare-broker';
import { placeCredentials } from './contracts/place-credentials';
import { renderContracts } from './contracts/render';
import { startControlServer } from './control/server';
import { activeFaults, switchOff, switchOn } from './faults/store';
import { databaseAddress, openPool } from './runtime/database';
import type { Settings } from './settings';
import { readSettings } from './settings';
import { checkPorts } from './supervisor/ports';
import type { DatabaseAccounts } from './supervisor/database-accounts';
import { databaseUrlOf, prepareDatabaseAccounts } from './supervisor/database-accounts';
import { installGate } from './supervisor/install-gate';
import { prepareDatabase } from './supervisor/prepare-database';
import type { Supervisor } from './supervisor/supervisor';
import { startSupervisor } from './supervisor/supervisor';
import type { SystemId } from './vocabulary';
import { loadVocabulary } from './vocabulary';

const CONTRACTS = fileURLToPath(new URL('../contracts', import.meta.url));
/** How long the start waits for the broker before the systems start without it. */
const BROKER_HEAD_START_MS = 10_000;
const brokerWork = new AbortController();
const log = (line: string) => console.log(`sandbox: ${line}`);

let supervisor: Supervisor | undefined;
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  brokerWork.abort();
  await supervisor?.stop();
  process.exit(code);
}
// Three ways to be told to end: by signal, by Ctrl-C, and by the death of the process that started this one.
process.on('SIGTERM', () => void end(0));
process.on('SIGINT', () => void end(0));
process.on('disconnect', () => void end(0));
// It may have died while this process was still loading, before it could be heard.
if (process.send !== undefined && !process.connected) await end(0);

/** Roles for everybody who uses the database; undefined where the sandbox's own may not make others, and everything then runs as that one. */
async function prepareAccounts({ databaseUrl }: Settings): Promise<DatabaseAccounts | undefined> {
  const accounts = await prepareDatabaseAccounts(databaseUrl);
  if (accounts === undefined) {
    log('the role of SANDBOX_DATABASE_URL may not make others, so its interface tables are neither watched nor held: ALTER ROLE … CREATEROLE changes that');
    return undefined;
  }
  await installGate(databaseUrl, accounts);
  return accounts;
}

async function publishContracts(settings: Settings, to: string, accounts: DatabaseAccounts | undefined): Promise<void> {
  const access = settings.credentialsOut === undefined
    ? {}
    : await placeCredentials({ credentialsOut: resolve(settings.credentialsOut), broker: settings.broker, database: accounts });
  const database = databaseAddress(settings.databaseUrl);
  await renderContracts({ from: CONTRACTS, to: resolve(to), factor: settings.factor, basePort: settings.basePort, database, ...access });
}

/** Every system gets database and broker as its own user, and none as the owner. */
function environmentOf(system: SystemId, { broker, databaseUrl }: Settings, accounts: DatabaseAccounts | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (accounts !== undefined) env['SANDBOX_DATABASE_URL'] = databaseUrlOf(databaseUrl, accounts.systems[system]);
  delete env['SANDBOX_AMQP_URL'];
  delete env['SANDBOX_RABBITMQ_MANAGEMENT_URL'];
  const url = broker && brokerUrlOf(broker, system);
  return url === undefined ? env : { ...env, SANDBOX_AMQP_URL: url };
}

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  loadVocabulary(settings.vocabularyFile);
  await checkPorts(settings);
  await prepareDatabase(settings.databaseUrl);
  const accounts = await prepareAccounts(settings);
  if (settings.contractsOut !== undefined) await publishContracts(settings, settings.contractsOut, accounts);
  if (settings.broker !== undefined) {
    // The rest of the network does not wait for a broker that is late: its applications try until they get in.
    const preparing = prepareBroker(settings.broker, brokerWork.signal);
    await Promise.race([preparing, pause(BROKER_HEAD_START_MS, undefined, { signal: brokerWork.signal }).catch(() => undefined)]);
  }
  const pool = openPool(settings.databaseUrl);
  if (ending) return;
  const systems = startSupervisor({
    faults: await activeFaults(pool),
    envOf: (system) => environmentOf(system, settings, accounts),
    onTraffic: () => console.log('sandbox ready'),
    log,
  });
  supervisor = systems;
  await startControlServer(settings.controlPort, {
    active: () => activeFaults(pool),
    systems: () => systems.states(),
    async change(name, change) {
      if (change.on) await switchOn(pool, name, change.target);
      else await switchOff(pool, name);
      systems.tellFaults(await activeFaults(pool));
    },
  });
  log(`control page at http://127.0.0.1:${settings.controlPort}`);
}

try {
  await run();
} catch (error) {
  console.error(`sandbox: ${error instanceof Error ? error.message : String(error)}`);
  await end(1);
}
