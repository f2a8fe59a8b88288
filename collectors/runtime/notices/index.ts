/** Notices in a collector with the role `operations`: raises, escalates and ends them, and hands them to their receivers. */
import { hostname } from 'node:os';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { evaluateNotices } from '@/server/services/notices/evaluate-notices';
import { failingChannels } from '@/server/services/notices/failing-channels';
import { withdrawReport } from '@/server/services/system/withdraw-report';
import type { Database } from '@/server/store/postgres';
import { startReporting } from '../component-reporter';
import { startJob } from '../evaluators/job';
import type { Logger } from '../logger';
import { deliverNotices } from './deliver';

export interface NoticesOptions {
  db: Database;
  box: SecretBox;
  logger: Logger;
  now: () => Date;
}

/** Each of the two jobs runs in one process at a time, whoever holds its lease. */
export function startNotices({ db, box, logger, now }: NoticesOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const startedAt = now();
  const identity = { component: 'notices', instance: `${hostname()}:${process.pid}` };
  const jobs = [
    startJob({ name: 'notices', everyMs: 2_000, run: () => evaluateNotices(db, now()) }, { db, logger }),
    startJob({ name: 'notices delivery', everyMs: 1_000, run: () => deliverNotices({ db, box, now, signal: stopping.signal }) }, { db, logger }),
  ];
  const reporting = startReporting({
    db, logger,
    report: async () => {
      const channels = await failingChannels(db);
      const problems = [
        ...jobs.map((job) => job.state()).filter(({ state }) => state === 'failing').map(({ name, lastError }) => `${name} fails: ${lastError}`),
        ...channels.map(({ name, waiting, lastError }) => `${waiting} ${waiting === 1 ? 'notice waits' : 'notices wait'} for ${name}: ${lastError}`),
      ];
      return { ...identity, status: problems.length > 0 ? 'warning' : 'ok', summary: problems.length > 0 ? problems.join(' ') : 'Looking, and nothing waits to be sent again.', detail: { failing: channels.length }, startedAt };
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(jobs.map((job) => job.stop()));
      await reporting.stop();
      await withdrawReport(db, identity).catch(() => undefined);
    },
  };
}
