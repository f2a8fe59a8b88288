import { createOutageLog } from './outage-log';

const AFTER_FAILURE_MS = 1_000;

/** Calls `poll` again and again, `everyMs` after the last call ended and slower while it fails, until stopped. */
export function startPollLoop({ what, everyMs, poll }: { what: string; everyMs: number; poll: () => Promise<void> }): { stop(): void } {
  const outages = createOutageLog(what);
  let stopped = false;
  let timer: NodeJS.Timeout;
  async function turn(): Promise<number> {
    try {
      await poll();
      outages.succeeded();
      return everyMs;
    } catch (error) {
      outages.failed(error);
      return AFTER_FAILURE_MS;
    }
  }
  function schedule(delayMs: number): void {
    timer = setTimeout(() => {
      void turn().then((nextMs) => {
        if (!stopped) schedule(nextMs);
      });
    }, delayMs);
  }
  schedule(everyMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
