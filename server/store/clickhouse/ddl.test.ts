import { describe, expect, it } from 'vitest';
import type { Target } from './ddl';
import { MIGRATIONS } from './migrations';

const render = (target: Target) => MIGRATIONS.flatMap((migration) => migration.statements(target));
const cluster = (onCluster: boolean): Target => ({ kind: 'cluster', database: 'signalbox', cluster: 'mercy-east', onCluster });

describe('rendering of the ClickHouse schema', () => {
  it('differs between ON CLUSTER and one node by that clause only', () => {
    const everywhere = render(cluster(true));
    expect(everywhere.every((statement) => statement.includes(' ON CLUSTER `mercy-east`'))).toBe(true);
    expect(everywhere.map((statement) => statement.replace(' ON CLUSTER `mercy-east`', ''))).toEqual(render(cluster(false)));
  });

  it('lets views on a cluster read and write local tables only', () => {
    for (const view of render(cluster(true)).filter((statement) => statement.startsWith('CREATE MATERIALIZED VIEW'))) {
      expect(view).toMatch(/TO signalbox\.\w+_local AS/);
      expect(view).toMatch(/FROM signalbox\.otel_traces_local/);
    }
  });

  it('can be repeated: every statement says IF NOT EXISTS', () => {
    for (const statement of [...render(cluster(true)), ...render({ kind: 'single', database: 'signalbox' })]) expect(statement).toContain('IF NOT EXISTS');
  });

  it('keeps a deduplication window on every table that takes inserts or feeds from a view', () => {
    const tables = render({ kind: 'single', database: 'signalbox' }).filter((statement) => /ENGINE = \w*MergeTree/.test(statement));
    expect(tables.length).toBeGreaterThan(4);
    for (const table of tables) expect(table).toContain('non_replicated_deduplication_window = 10000');
  });

  it('never asks the engine for the time', () => {
    for (const statement of render({ kind: 'single', database: 'signalbox' })) expect(statement).not.toMatch(/\bnow(64)?\(/);
  });
});
