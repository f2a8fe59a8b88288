import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderContracts } from './contracts/render';
import { startControlServer } from './control/server';
import { activeFaults, switchOff, switchOn } from './faults/store';
import { databaseAddress, openPool } from './runtime/database';
import { readSettings } from './settings';
import { checkPorts } from './supervisor/ports';
import { prepareDatabase } from './supervisor/prepare-database';
import type { Supervisor } from './supervisor/supervisor';
import { startSupervisor } from './supervisor/supervisor';
import { loadVocabulary } from './vocabulary';

const CONTRACTS = fileURLToPath(new URL('../contracts', import.meta.url));
const log = (line: string) => console.log(`sandbox: ${line}`);

let supervisor: Supervisor | undefined;
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await supervisor?.stop();
  process.exit(code);
}
// Three ways to be told to end: by signal, by Ctrl-C, and by the death of the process that started this one.
process.on('SIGTERM', () => void end(0));
process.on('SIGINT', () => void end(0));
process.on('disconnect', () => void end(0));
// It may have died while this process was still loading, before it could be heard.
if (process.send !== undefined && !process.connected) await end(0);

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  loadVocabulary(settings.vocabularyFile);
  await checkPorts(settings);
  await prepareDatabase(settings.databaseUrl);
  if (settings.contractsOut !== undefined) {
    await renderContracts({
      from: CONTRACTS,
      to: resolve(settings.contractsOut),
      factor: settings.factor,
      basePort: settings.basePort,
      database: databaseAddress(settings.databaseUrl),
    });
  }
  const pool = openPool(settings.databaseUrl);
  if (ending) return;
  const systems = startSupervisor({
    faults: await activeFaults(pool),
    env: process.env,
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
