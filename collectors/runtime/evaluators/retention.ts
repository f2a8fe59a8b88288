import { z } from 'zod';
import { askPartitions } from '@/server/queries/partitions';
import { forgetObservedMinutes } from '@/server/services/ingest/observed-minutes';
import { forgetNotices } from '@/server/services/notices/forget-notices';
import { deleteForgottenFailures } from '@/server/services/sign-in/throttle';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import { HOP_LATENCY_MINUTE, ROLLUPS, TRACE_TIME_RANGE } from '@/server/store/clickhouse/rollups';
import { SPANS_TABLE } from '@/server/store/clickhouse/spans-ddl';
import { TAP_TABLES } from '@/server/store/clickhouse/tap-tables';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';
import type { Job } from './job';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A partition named by a day may hold a whole week from that day. */
const LONGEST_PARTITION_MS = 7 * DAY_MS;

const TABLES = [SPANS_TABLE, TRACE_TIME_RANGE.table, HOP_LATENCY_MINUTE, ...ROLLUPS.map((rollup) => rollup.table), ...TAP_TABLES];

/** Setting `retention`: days per table where they differ from the table's own. */
const retentionSetting = z.record(z.string(), z.number().int().min(1).max(3_660));

/** Drops whole partitions older than each table's retention, and what sign-in, charts and notices need not remember; cheap to ask, so hourly. */
export function retentionJob(options: { db: Database; clickhouse: ClickHouse; logger: Logger; now: () => Date }): Job {
  return {
    name: 'retention',
    everyMs: HOUR_MS,
    async run() {
      await deleteForgottenFailures(options.db, options.now());
      await forgetObservedMinutes(options.db, options.now());
      await forgetNotices(options.db, options.now());
      const setting = await options.db.query.settings.findFirst({ where: (row, { eq }) => eq(row.key, 'retention') });
      const days = setting ? retentionSetting.parse(setting.value) : {};
      const nowMs = options.now().getTime();
      for (const { table, partition } of await askPartitions(options.clickhouse, { tables: TABLES.flatMap(({ name }) => [name, `${name}_local`]) })) {
        const kept = TABLES.find(({ name }) => name === table.replace(/_local$/, ''));
        const startMs = Date.parse(`${partition}T00:00:00Z`);
        if (!kept || Number.isNaN(startMs)) continue;
        const lengthMs = kept.partitionBy.includes('Week') ? LONGEST_PARTITION_MS : DAY_MS;
        if (startMs + lengthMs > nowMs - (days[kept.name] ?? kept.retentionDays) * DAY_MS) continue;
        await options.clickhouse.command(`ALTER TABLE ${table} DROP PARTITION '${partition}'`);
        options.logger.info({ table, partition }, 'dropped a partition older than its retention');
      }
    },
  };
}
