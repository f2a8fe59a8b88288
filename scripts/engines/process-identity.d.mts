/** One process for ever: its id and when it started. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
}
export function processStartTime(pid: number): string | undefined;
export function isSameProcess(identity: ProcessIdentity): boolean;
