import pino, { type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output. Callers log names and counts, never payloads. */
export function createLogger(component: string): Logger {
  return pino({ name: component, level: process.env.LOG_LEVEL ?? 'info', base: { pid: process.pid } });
}
