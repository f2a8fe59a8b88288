import { describe, expect, it } from 'vitest';
import type { FlowRow, Overview, Status } from '@/server/domain/health/flow-view';
import { filterOverview, isFiltering, processesOf, type FlowFilter } from './flow-filter';

const NONE: FlowFilter = { status: [], criticality: [], process: null, q: '' };
const REPLENISHMENT = { id: 'replenishment', name: 'Replenishment' };
const BILLING = { id: 'charge-to-cash', name: 'Charge to cash' };

function flow(id: string, over: Partial<FlowRow> & { status?: Status } = {}): FlowRow {
  const at = '2026-03-14T12:00:00.000Z';
  return {
    id,
    name: id.replaceAll('-', ' '),
    criticality: 'C2',
    processes: [REPLENISHMENT],
    owner: { business: null, technical: 'Integration', oncall: null },
    health: { status: over.status ?? 'healthy', phase: 'settled', rule: 'none', reason: 'All well', since: at, evaluatedAt: at },
    scope: null,
    messagesPerMinute: 100,
    errorRate: 0,
    p95Ms: 40,
    lastLeaveAt: at,
    backlog: null,
    sparkline: [],
    ...over,
  };
}

const overview: Overview = {
  asOf: '2026-03-14T12:00:00.000Z',
  completeThrough: null,
  counts: { failing: 1, degraded: 0, silent: 1, held: 0, unknown: 0, healthy: 3 },
  trouble: [
    flow('po-to-erp', { status: 'failing', criticality: 'C1' }),
    flow('claims-out', { status: 'silent', processes: [BILLING] }),
  ],
  healthy: [
    { process: REPLENISHMENT, flows: [flow('item-usage'), flow('receipts', { messagesPerMinute: null })], messagesPerMinute: 100 },
    { process: BILLING, flows: [flow('charges', { processes: [BILLING] })], messagesPerMinute: 100 },
  ],
  notices: [],
};

const ids = (filter: Partial<FlowFilter>) => {
  const { trouble, healthy } = filterOverview(overview, { ...NONE, ...filter });
  return [...trouble, ...healthy.flatMap((group) => group.flows)].map((row) => row.id);
};

describe('filterOverview', () => {
  it('leaves everything, in the same order, without a filter', () => {
    expect(ids({})).toEqual(['po-to-erp', 'claims-out', 'item-usage', 'receipts', 'charges']);
    expect(isFiltering({ ...NONE, q: '  ' })).toBe(false);
  });

  it.each([
    [{ status: ['silent'] }, ['claims-out']],
    [{ status: ['healthy', 'failing'] }, ['po-to-erp', 'item-usage', 'receipts', 'charges']],
    [{ criticality: ['C1'] }, ['po-to-erp']],
    [{ process: 'charge-to-cash' }, ['claims-out', 'charges']],
    [{ q: 'ERP' }, ['po-to-erp']],
    [{ q: 'cash out' }, ['claims-out']],
    [{ q: 'nothing like it' }, []],
  ] as [Partial<FlowFilter>, string[]][])('%o leaves %o', (filter, expected) => {
    expect(ids(filter)).toEqual(expected);
    expect(isFiltering({ ...NONE, ...filter })).toBe(true);
  });

  it('sums up only the flows that are left, and knows when none of them is known', () => {
    const rateOf = (q: string) => filterOverview(overview, { ...NONE, q }).healthy[0]?.messagesPerMinute;
    expect(rateOf('item')).toBe(100);
    expect(rateOf('receipts')).toBeNull();
  });
});

describe('processesOf', () => {
  it('names each process once, by name', () => {
    expect(processesOf(overview)).toEqual([BILLING, REPLENISHMENT]);
  });
});
