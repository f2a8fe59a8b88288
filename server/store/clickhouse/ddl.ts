/**
 * One description of a table, rendered for a single node or for a cluster. On a cluster every table is a local
 * Replicated* table `<name>_local` plus a Distributed table `<name>`; views read and write the local ones.
 */
import type { Column } from './spans-table';

export interface Table {
  name: string;
  columns: readonly Column[];
  indexes?: readonly string[];
  engine: 'MergeTree' | 'AggregatingMergeTree' | `ReplacingMergeTree(${string})`;
  partitionBy: string;
  orderBy: string;
  /** Sharding expression of the Distributed table: rollups use the raw table's key, so that their views stay local. */
  shardBy: string;
  /** Days kept unless an administrator sets others; whole partitions are dropped. */
  retentionDays: number;
}

export interface View {
  name: string;
  to: string;
  from: string;
  /** SELECT with `{from}` where the source table's name goes. */
  select: string;
}

export type Target =
  | { kind: 'single'; database: string }
  | {
      kind: 'cluster';
      database: string;
      cluster: string;
      /** False: statements are for the connected node only, where the operator or a Replicated database spreads them. */
      onCluster: boolean;
    };

/** Blocks remembered per table for insert deduplication; must outlast the longest retry in the life of one engine process. */
const DEDUPLICATION_WINDOW = 10_000;

export function localName(target: Target, table: string): string {
  return `${target.database}.${table}${target.kind === 'cluster' ? '_local' : ''}`;
}

/** The cluster name is quoted: without backticks a dash in it breaks the statement. */
export function onCluster(target: Target): string {
  return target.kind === 'cluster' && target.onCluster ? ` ON CLUSTER \`${target.cluster}\`` : '';
}

function columnDdl(column: Column): string {
  const parts = [`\`${column.name}\` ${column.type}`];
  if (column.defaultExpr !== undefined) parts.push(`DEFAULT ${column.defaultExpr}`);
  if (column.codec !== undefined) parts.push(`CODEC(${column.codec})`);
  return parts.join(' ');
}

function engineDdl(target: Target, engine: Table['engine']): string {
  if (target.kind === 'single') return engine;
  const [, family, version] = /^(\w+?)MergeTree(?:\((.*)\))?$/.exec(engine) ?? /^()MergeTree()$/.exec(engine)!;
  const args = [`'/clickhouse/tables/{shard}/{database}/{table}'`, `'{replica}'`, ...(version ? [version] : [])];
  return `Replicated${family ?? ''}MergeTree(${args.join(', ')})`;
}

/** Statements that create the table; all of them can be run again. */
export function createTable(target: Target, table: Table): string[] {
  const lines = [...table.columns.map(columnDdl), ...(table.indexes ?? []).map((index) => `INDEX ${index}`)];
  const windowSetting = target.kind === 'cluster' ? 'replicated_deduplication_window' : 'non_replicated_deduplication_window';
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${localName(target, table.name)}${onCluster(target)} (\n  ${lines.join(',\n  ')}\n)\n` +
      `ENGINE = ${engineDdl(target, table.engine)}\nPARTITION BY ${table.partitionBy}\nORDER BY ${table.orderBy}\n` +
      `SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1, ${windowSetting} = ${DEDUPLICATION_WINDOW}`,
  ];
  if (target.kind === 'cluster') {
    statements.push(
      `CREATE TABLE IF NOT EXISTS ${target.database}.${table.name}${onCluster(target)} AS ${localName(target, table.name)}\n` +
        `ENGINE = Distributed('${target.cluster}', '${target.database}', '${table.name}_local', ${table.shardBy})`,
    );
  }
  return statements;
}

export function createView(target: Target, view: View): string[] {
  const select = view.select.replaceAll('{from}', localName(target, view.from));
  return [
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${localName(target, view.name)}${onCluster(target)} TO ${localName(target, view.to)} AS\n${select}`,
  ];
}

export function createDatabase(target: Target): string {
  return `CREATE DATABASE IF NOT EXISTS ${target.database}${onCluster(target)} ENGINE = Atomic`;
}
