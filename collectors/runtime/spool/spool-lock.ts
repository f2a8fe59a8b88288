import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Two processes appending to one spool would destroy it. */
class SpoolInUse extends Error {
  constructor(dir: string, pid: number) {
    super(`The spool ${dir} is in use by process ${pid}; stop that one, or give this one its own SIGNALBOX_DATA_DIR.`);
    this.name = 'SpoolInUse';
  }
}

/**
 * Takes the spool for this process; a lock left by a process that is gone is taken over.
 *
 * @returns function that gives the lock back
 * @throws SpoolInUse
 */
export function lockSpool(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'lock');
  const mine = `${process.pid} ${processStart(process.pid) ?? ''}\n`;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
      return () => unlinkSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pidText, start] = readFileSync(file, 'utf8').trim().split(' ');
    const pid = Number(pidText);
    if (pid > 0 && isAlive(pid) && (!start || processStart(pid) === start)) throw new SpoolInUse(dir, pid);
    unlinkSync(file);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start time in clock ticks since boot (proc(5), field 22): tells a reused process id from the old one. Null outside Linux. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
