/** Notices promptly that something in a set of folders changed. A hint only: network mounts send no events. */
import { watch, type FSWatcher } from 'node:fs';

export interface FolderWatch {
  /** Watches exactly these folders from now on. */
  watchOnly(folders: readonly string[]): void;
  stop(): void;
}

/** Calls `onHint` on any event. Folders that cannot be watched (limits, unusual mounts) are left to polling. */
export function watchFolders(onHint: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  return {
    watchOnly(folders) {
      for (const folder of watchers.keys()) if (!folders.includes(folder)) forget(folder);
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        try {
          const watcher = watch(folder, { persistent: false }, onHint);
          watcher.on('error', () => forget(folder));
          watchers.set(folder, watcher);
        } catch {
          onHint(); // the folder went away between scan and watch
        }
      }
    },
    stop() {
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}
