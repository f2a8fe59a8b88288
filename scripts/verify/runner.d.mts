export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Runner {
  stop(): void;
  gate(name: string, command: readonly string[]): Promise<Counts>;
  tests(name: string, command: readonly string[], readCounts: () => Counts, more?: NodeJS.ProcessEnv): Promise<Counts>;
  work(name: string, work: (sh: (command: readonly string[]) => Promise<boolean>) => Promise<void>): Promise<Counts>;
}

export function createRunner(options: { logs: string; env: NodeJS.ProcessEnv; timeoutMs: number }): Runner;
