export const HELP: string;
export class UsageError extends Error {}
export interface UpArguments {
  help: boolean;
  port: number;
  otlpPort: number;
  dataDir: string;
  sandbox: boolean;
  sandboxPort: number;
  /** Undefined: the sandbox's own default. */
  factor: number | undefined;
}
export function parseUpArguments(argv: readonly string[]): UpArguments;
