import { createTable, createView, localName, onCluster, type Target } from './ddl';
import { HOP_LATENCY_MINUTE, ROLLUPS, TRACE_TIME_RANGE, rollupView, traceTimeRangeView } from './rollups';
import { SPANS_TABLE } from './spans-ddl';
import { TAP_TABLES } from './tap-tables';

/**
 * The one source of the ClickHouse schema. Numbers only grow; a migration that has shipped is never edited, a change is
 * a new number. Every statement can be run again, because a migration may have died half-way.
 */
export interface ClickHouseMigration {
  number: number;
  name: string;
  statements: (target: Target) => string[];
}

export const MIGRATIONS: readonly ClickHouseMigration[] = [
  { number: 1, name: 'raw spans', statements: (target) => createTable(target, SPANS_TABLE) },
  {
    number: 2,
    name: 'per-minute rollups and the trace time range, filled by views',
    statements: (target) => [
      ...createTable(target, TRACE_TIME_RANGE.table),
      ...createView(target, traceTimeRangeView),
      ...ROLLUPS.flatMap((rollup) => [...createTable(target, rollup.table), ...createView(target, rollupView(rollup))]),
    ],
  },
  { number: 3, name: 'hop latency per minute', statements: (target) => createTable(target, HOP_LATENCY_MINUTE) },
  {
    number: 4,
    name: 'life of the engine process',
    // A Memory table forgets its rows when the engine process ends: its content identifies one life of the process.
    statements: (target) => [
      `CREATE TABLE IF NOT EXISTS ${localName(target, 'engine_life')}${onCluster(target)} (Id UUID, Since DateTime64(3)) ENGINE = Memory`,
    ],
  },
  { number: 5, name: 'what taps bring', statements: (target) => TAP_TABLES.flatMap((table) => createTable(target, table)) },
];
