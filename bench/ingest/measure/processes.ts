import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: the unit of times in /proc, 100 on every Linux. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  pid: number;
  parent: number;
  cpuSeconds: number;
}

/** CPU time used so far by these processes and all their descendants, ended children included. */
export function cpuSecondsOf(roots: readonly number[]): number {
  return trees(roots).reduce((total, process) => total + process.cpuSeconds, 0);
}

/** Highest resident memory of each process and its descendants so far, added up. */
export function peakMemoryOf(roots: readonly number[]): number {
  let bytes = 0;
  for (const { pid } of trees(roots)) {
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/status`))?.[1];
    bytes += Number(peak ?? 0) * 1024;
  }
  return bytes;
}

/** @throws Error where there is no /proc */
export function requireProc(): void {
  if (!existsSync('/proc/self/stat')) throw new Error('This benchmark reads CPU times from /proc: run it on Linux.');
}

function trees(roots: readonly number[]): ProcessTimes[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => timesOf(Number(name)));
  const found = new Map<number, ProcessTimes>();
  const add = (process: ProcessTimes) => {
    if (found.has(process.pid)) return;
    found.set(process.pid, process);
    for (const child of all) if (child.parent === process.pid) add(child);
  };
  for (const process of all) if (roots.includes(process.pid)) add(process);
  return [...found.values()];
}

/** See proc(5): the fields after the command, which is in parentheses and may contain anything. */
function timesOf(pid: number): ProcessTimes[] {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === '') return [];
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  const ticks = fields[11]! + fields[12]! + fields[13]! + fields[14]!;
  return [{ pid, parent: fields[1]!, cpuSeconds: ticks / TICKS_PER_SECOND }];
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
