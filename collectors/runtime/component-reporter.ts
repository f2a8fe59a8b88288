import type { ComponentReport } from '@/server/services/ingest/report-component';
import { reportComponent } from '@/server/services/ingest/report-component';
import type { Database } from '@/server/store/postgres';
import type { Logger } from './logger';

const EVERY_MS = 2_000;

/** Lets a part of this process say how it is, until stopped. */
export function startReporting(options: {
  db: Database;
  report: () => Promise<ComponentReport>;
  logger: Logger;
}): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let running = Promise.resolve();
  let lastError = '';
  const once = async () => {
    try {
      await reportComponent(options.db, await options.report(), new Date());
      lastError = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== lastError) options.logger.warn({ error: message }, 'could not report to Postgres; trying again');
      lastError = message;
    }
  };
  const tick = () => {
    running = once().then(() => {
      if (!stopped) timer = setTimeout(tick, EVERY_MS);
    });
  };
  tick();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer!);
      await running;
    },
  };
}
