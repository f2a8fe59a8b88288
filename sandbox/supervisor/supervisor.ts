import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ActiveFault } from '../faults/catalogue';
import type { SystemId } from '../vocabulary';
import { SYSTEMS } from '../vocabulary';
import type { FromSystem, ToSystem } from './protocol';

const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 15_000;
/** A system that ran this long starts again without delay from earlier failures. */
const STEADY_MS = 30_000;
const STOP_LIMIT_MS = 2_000;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface SystemState {
  system: SystemId;
  state: 'starting' | 'running' | 'restarting';
  pid: number | null;
  since: string;
  restarts: number;
  /** Why it last ended; null when it never did. */
  lastEnd: string | null;
}

interface Supervised extends SystemState {
  child: ChildProcess | undefined;
  restartTimer: NodeJS.Timeout | undefined;
  backOffMs: number;
}

export interface Supervisor {
  states(): SystemState[];
  tellFaults(active: ActiveFault[]): void;
  /** Ends all systems; resolves when the last is gone. */
  stop(): Promise<void>;
}

/**
 * Runs every system as its own process, keeps them running with back-off, and lets them start working once all listen.
 * @param onTraffic called once, when the first message has gone through the integration engine
 */
export function startSupervisor(
  { faults, envOf, onTraffic, log }: {
    faults: ActiveFault[];
    envOf: (system: SystemId) => NodeJS.ProcessEnv;
    onTraffic: () => void;
    log: (line: string) => void;
  },
): Supervisor {
  let active = faults;
  let stopping = false;
  let allHaveListened = false;
  let trafficSeen = false;
  const systems = SYSTEMS.map((system): Supervised => ({
    system, state: 'starting', pid: null, since: new Date().toISOString(), restarts: 0, lastEnd: null,
    child: undefined, restartTimer: undefined, backOffMs: FIRST_RESTART_MS,
  }));
  const tell = (entry: Supervised, message: ToSystem) => {
    if (entry.child?.connected) entry.child.send(message);
  };

  function enter(entry: Supervised, state: SystemState['state']): void {
    entry.state = state;
    entry.since = new Date().toISOString();
  }

  function onListening(entry: Supervised): void {
    enter(entry, 'running');
    if (allHaveListened) return tell(entry, { type: 'start' });
    if (systems.some((other) => other.state !== 'running')) return;
    allHaveListened = true;
    for (const each of systems) tell(each, { type: 'start' });
  }

  function onMessage(entry: Supervised, message: FromSystem): void {
    if (message.type === 'listening') onListening(entry);
    else if (message.type === 'failed') log(`${entry.system} cannot run: ${message.message}`);
    else if (!trafficSeen && entry.system === 'middleware') {
      trafficSeen = true;
      onTraffic();
    }
  }

  function onExit(entry: Supervised, startedAt: number, how: string): void {
    entry.child = undefined;
    entry.pid = null;
    if (stopping) return;
    if (Date.now() - startedAt > STEADY_MS) entry.backOffMs = FIRST_RESTART_MS;
    entry.lastEnd = how;
    entry.restarts += 1;
    enter(entry, 'restarting');
    log(`${entry.system} ended (${how}); starting it again in ${entry.backOffMs} ms`);
    entry.restartTimer = setTimeout(() => start(entry), entry.backOffMs);
    entry.backOffMs = Math.min(LONGEST_RESTART_MS, entry.backOffMs * 2);
  }

  function start(entry: Supervised): void {
    const startedAt = Date.now();
    const child = fork(fileURLToPath(new URL(`../systems/${entry.system}/main.ts`, import.meta.url)), [], {
      cwd: ROOT,
      env: envOf(entry.system),
      execArgv: ['--import', 'tsx', '--max-old-space-size=192'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    entry.child = child;
    entry.pid = child.pid ?? null;
    if (entry.state === 'restarting') enter(entry, 'starting');
    child.on('message', (message) => onMessage(entry, message as FromSystem));
    child.once('error', (error) => log(`${entry.system}: ${error.message}`));
    child.once('exit', (code, signal) => onExit(entry, startedAt, signal === null ? `exit code ${code}` : `signal ${signal}`));
    tell(entry, { type: 'faults', active });
  }

  for (const entry of systems) start(entry);

  return {
    states: () =>
      systems.map(({ system, state, pid, since, restarts, lastEnd }) => ({ system, state, pid, since, restarts, lastEnd })),
    tellFaults(next) {
      active = next;
      for (const entry of systems) tell(entry, { type: 'faults', active });
    },
    async stop() {
      stopping = true;
      await Promise.all(systems.map((entry) => endOf(entry)));
    },
  };
}

/** Ends one system: politely, then by force. */
async function endOf({ child, restartTimer }: Supervised): Promise<void> {
  clearTimeout(restartTimer);
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
