import { describe, expect, it } from 'vitest';
import type { TableQuestion } from '../dialect';
import { indexAdvice, isWasteful } from './index-advice';

const plan = (node: string, cost: number, rows: number) => JSON.stringify([{ Plan: { 'Node Type': 'Aggregate', 'Total Cost': cost + 10, 'Plan Rows': 1, Plans: [{ 'Node Type': node, 'Total Cost': cost, 'Plan Rows': rows }] } }]);

describe('whether a question reads too much', () => {
  it.each([
    ['a scan of a large table for a few rows', 'Seq Scan', 30_000, 100, true],
    ['a scan of a small table', 'Seq Scan', 300, 10, false],
    ['a scan that most rows answer', 'Seq Scan', 30_000, 900_000, false],
    ['an index that is read from end to end', 'Index Only Scan', 40_000, 50, true],
    ['an index that fits', 'Index Scan', 80, 50, false],
    ['many rows found by an index', 'Bitmap Heap Scan', 60_000, 50_000, false],
  ])('%s', (_, node, cost, rows, expected) => expect(isWasteful(plan(node, cost, rows))).toBe(expected));
});

describe('the index that would help', () => {
  const question: TableQuestion = {
    schema: 'erp', table: `odd"name`, key: ['id'], statusColumn: 'status', statuses: { pending: `O'N`, error: 'E\\' }, done: 'C', createdAt: 'created_at', updatedAt: 'updated_at', hasRowVersions: true,
    shares: [{ partition: 'destination=a', where: { destination: ['a'] } }, { partition: 'destination=b', where: { destination: ['b'] } }],
  };

  it('quotes names and values, and includes what tells shares apart', () => {
    expect(indexAdvice(question, 'open')).toBe(`CREATE INDEX CONCURRENTLY "signalbox_odd""name_open" ON "erp"."odd""name" ("status", "destination") WHERE "status" IN ('O''N', E'E\\\\');`);
    expect(indexAdvice(question, 'finished')).toBe(`CREATE INDEX CONCURRENTLY "signalbox_odd""name_finished" ON "erp"."odd""name" ("updated_at") WHERE "status" = 'C';`);
  });

  it('has a name that fits', () => {
    expect(indexAdvice({ ...question, table: 't'.repeat(63) }, 'open')).toContain(`"${'signalbox_'.padEnd(58, 't')}_open"`);
  });
});
