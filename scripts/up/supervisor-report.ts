import type { ProcessEnd } from '../engines/running-engine';
import { replaceFile } from './replace-file';

export type ServiceStatus = 'starting' | 'running' | 'restarting' | 'stopped';

/** One line of the report; instants are RFC 3339. */
export interface ServiceReport {
  name: string;
  pid: number | null;
  /** When the operating system says the process began; with the pid it names the process for ever. */
  startTime: string | null;
  status: ServiceStatus;
  startedAt: string | null;
  restarts: number;
  lastRestartAt: string | null;
  /** In words, e.g. `was killed by SIGKILL`. */
  lastExit: string | null;
  lastExitCode: number | null;
  lastExitSignal: string | null;
  lastExitAt: string | null;
}

/** A service that was never started. */
export function newServiceReport(name: string): ServiceReport {
  return {
    name,
    pid: null,
    startTime: null,
    status: 'starting',
    startedAt: null,
    restarts: 0,
    lastRestartAt: null,
    lastExit: null,
    lastExitCode: null,
    lastExitSignal: null,
    lastExitAt: null,
  };
}

/** How a process ended, in words. */
export function describeEnd(end: ProcessEnd): string {
  return end.signal ? `was killed by ${end.signal}` : `ended with code ${end.code ?? 'unknown'}`;
}

/**
 * Writes the report for the product's own health page; readers never see a part of it.
 * @param notes what is off and how to turn it on, in sentences
 * @returns whether it could be written (a full disk must not end what runs)
 */
export function writeSupervisorReport(file: string, children: readonly ServiceReport[], notes: readonly string[], now: Date): boolean {
  const report = { pid: process.pid, updatedAt: now.toISOString(), notes, children };
  try {
    replaceFile(file, JSON.stringify(report, null, 2));
    return true;
  } catch {
    return false;
  }
}
