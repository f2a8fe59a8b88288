interface LockFile {
  packages: Record<string, { version?: string; integrity?: string; optional?: boolean }>;
}
export function matches(lock: LockFile, installed: LockFile): boolean;
