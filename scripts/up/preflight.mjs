import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from './arguments.mjs';

const GB = 1e9;
/** The ClickHouse library alone is 566 MB, unpacked beside its package archive while installing. */
const INSTALL_BYTES = 3 * GB;
const RUN_BYTES = 1 * GB;

/**
 * Whether the embedded engines run here.
 * @throws UsageError with what to do instead
 */
export function checkPlatform(platform = process.platform, glibc = glibcVersion()) {
  const supported = platform === 'darwin' || (platform === 'linux' && glibc !== undefined);
  if (supported) return;
  const here = platform === 'linux' ? 'Linux without glibc (such as Alpine)' : platform;
  throw new UsageError(
    `The embedded ClickHouse (a 566 MB library) runs on Linux with glibc and on macOS, not on ${here}: ` +
      'start in a Debian, Ubuntu or Fedora container.',
  );
}

function glibcVersion() {
  return process.report?.getReport().header.glibcVersionRuntime;
}

/**
 * Whether the disk has room for what comes next.
 * @throws UsageError that names the place, the need and what is there
 */
export function checkDiskSpace(place, forInstall, freeBytes = freeBytesAt(place)) {
  const needed = forInstall ? INSTALL_BYTES : RUN_BYTES;
  if (freeBytes >= needed) return;
  const purpose = forInstall ? 'to install (the ClickHouse library alone is 566 MB) and run' : 'to run';
  throw new UsageError(
    `Signalbox needs ${needed / GB} GB of free disk space ${purpose}, ${place} has ${(freeBytes / GB).toFixed(1)} GB: make room and try again.`,
  );
}

function freeBytesAt(place) {
  let existing = place;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

