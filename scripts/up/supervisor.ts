import { setTimeout as pause } from 'node:timers/promises';
import { processStartTime } from '../engines/process-identity.mjs';
import { startWatchdog, type Watchdog } from '../engines/watchdog';
import { BACK_OFF, restartDelayMs, type BackOff } from './back-off';
import type { RunningService, Service } from './service';
import { describeEnd, newServiceReport, writeSupervisorReport, type ServiceReport } from './supervisor-report';

/** Time between asking and forcing when the supervisor itself is gone. */
const WATCHDOG_GRACE_MS = 5_000;

export interface SupervisorOptions {
  reportFile: string;
  /** Told one sentence when a service ends or comes back. */
  announce: (sentence: string) => void;
  backOff?: BackOff;
}

export interface Supervisor {
  /** Starts a service and keeps it running from then on. Rejects when the first start fails. */
  start<R extends RunningService>(service: Service<R>): Promise<R>;
  /** Adds a sentence to the report: something is off, and how to turn it on. */
  note(sentence: string): void;
  /** Ends everything: stage after stage, the services of a stage together. */
  stop(stages: readonly { names: readonly string[]; graceMs: number }[]): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

interface Supervised {
  service: Service;
  report: ServiceReport;
  running?: RunningService;
  /** Of the process that is starting or running. */
  pid?: number;
  failuresInARow: number;
  /** Resolves when it is stopped for good. */
  settled: Promise<void>;
}

/** Keeps services running until told to stop; a watchdog process ends them if this process dies. */
export function createSupervisor({ reportFile, announce, backOff = BACK_OFF }: SupervisorOptions): Supervisor {
  const supervised = new Map<string, Supervised>();
  const watchdogReport = newServiceReport('watchdog');
  const stopping = new AbortController();
  const notes: string[] = [];
  let watchdog: Watchdog | undefined;

  const publish = (): void => {
    const list = [...supervised.values()];
    // Guarded before it is published: whoever reads of a process may rely on its end.
    watchdog?.guard(list.flatMap(({ pid, service }) => (pid === undefined ? [] : [{ pid, signal: service.endSignal }])));
    const written = writeSupervisorReport(reportFile, [...list.map(({ report }) => report), watchdogReport], notes, new Date());
    if (!written) announce(`${reportFile} could not be written; the health page shows older facts`);
  };

  const update = (report: ServiceReport, change: Partial<ServiceReport>): void => {
    Object.assign(report, change);
    report.startTime = report.pid === null ? null : (processStartTime(report.pid) ?? null);
    publish();
  };

  const keepWatchdog = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      watchdog = startWatchdog(WATCHDOG_GRACE_MS);
      update(watchdogReport, { pid: watchdog.pid, status: 'running', startedAt: new Date().toISOString() });
      await watchdog.exited;
      if (stopping.signal.aborted) return;
      update(watchdogReport, { pid: null, status: 'restarting', restarts: watchdogReport.restarts + 1, lastExitAt: new Date().toISOString() });
      await pause(backOff.firstMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const launch = async <R extends RunningService>(child: Supervised, service: Service<R>): Promise<R> => {
    update(child.report, { status: child.report.startedAt ? 'restarting' : 'starting' });
    const running = await service.start(stopping.signal, (pid) => {
      child.pid = pid;
      update(child.report, { pid });
    });
    child.running = running;
    child.pid = running.pid;
    update(child.report, { pid: running.pid, status: 'running', startedAt: new Date().toISOString() });
    return running;
  };

  /** Waits for the end of the running process and starts it again, until the supervisor stops. */
  const keepRunning = async (child: Supervised, first: RunningService): Promise<void> => {
    const { report, service } = child;
    let running: RunningService | undefined = first;
    let trouble = '';
    while (!stopping.signal.aborted) {
      if (running) {
        const startedAt = Date.now();
        const ending = await running.exited;
        child.running = undefined;
        child.pid = undefined;
        if (stopping.signal.aborted) break;
        if (Date.now() - startedAt >= backOff.resetAfterMs) child.failuresInARow = 0;
        trouble = `${service.name} ${describeEnd(ending)}`;
        update(report, {
          pid: null,
          status: 'restarting',
          lastExit: describeEnd(ending),
          lastExitCode: ending.code,
          lastExitSignal: ending.signal,
          lastExitAt: new Date().toISOString(),
        });
      }
      child.failuresInARow += 1;
      const delayMs = restartDelayMs(backOff, child.failuresInARow);
      announce(`${trouble}; restarting in ${delayMs / 1000} s`);
      await pause(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) break;
      try {
        running = await launch(child, service);
        update(report, { restarts: report.restarts + 1, lastRestartAt: new Date().toISOString() });
        announce(`${service.name} is running again (pid ${running.pid})`);
      } catch (error) {
        running = undefined;
        child.pid = undefined;
        update(report, { pid: null });
        trouble = error instanceof Error ? error.message : String(error);
      }
    }
  };

  void keepWatchdog();

  return {
    async start<R extends RunningService>(service: Service<R>) {
      stopping.signal.throwIfAborted();
      const child: Supervised = { service, report: newServiceReport(service.name), failuresInARow: 0, settled: Promise.resolve() };
      supervised.set(service.name, child);
      const starting = launch(child, service);
      child.settled = starting.then(
        (running) => keepRunning(child, running),
        (error: unknown) => {
          child.pid = undefined;
          update(child.report, { pid: null, status: 'stopped', lastExit: error instanceof Error ? error.message : String(error) });
        },
      );
      return starting;
    },

    note(sentence) {
      notes.push(sentence);
      publish();
    },

    async stop(stages) {
      stopping.abort(new Error('Signalbox is stopping.'));
      for (const { names, graceMs } of stages) {
        await Promise.all(names.flatMap((name) => supervised.get(name) ?? []).map((child) => end(child, graceMs)));
        publish();
      }
      await watchdog?.dismiss();
      update(watchdogReport, { pid: null, status: 'stopped' });
    },

    kill() {
      stopping.abort(new Error('Signalbox is stopping.'));
      for (const { pid } of supervised.values()) {
        if (pid !== undefined) signal(pid, 'SIGKILL');
      }
    },
  };
}

/** Stops one service, also one that is just starting; it may come up while we wait. */
async function end(child: Supervised, graceMs: number): Promise<void> {
  const settled = child.settled.then(() => true);
  let isSettled = false;
  while (!isSettled) {
    await child.running?.stop(graceMs);
    isSettled = await Promise.race([settled, pause(50, false)]);
  }
  await child.running?.stop(graceMs);
  child.pid = undefined;
  Object.assign(child.report, { pid: null, startTime: null, status: 'stopped' });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}
