/** Whether a question reads far more than it answers with, and the index that would change that. */
import type { TableQuestion } from '../dialect';
import { qualifiedName, quoteIdentifier } from './statements';

interface PlanNode {
  'Node Type': string;
  'Total Cost': number;
  'Plan Rows': number;
  Plans?: PlanNode[];
}

/** In the planner's units, about pages read: a quarter of a million narrow rows, some tens of milliseconds. */
const CHEAP_COST = 5_000;
/** Cost per row found that an index lookup stays under, also with one page per row. */
const COST_PER_ROW = 20;
const SCANS = /Scan$/;

/** @param explained the only cell of EXPLAIN (FORMAT JSON) */
export function isWasteful(explained: string): boolean {
  const [plan] = JSON.parse(explained) as { Plan: PlanNode }[];
  const pending = plan ? [plan.Plan] : [];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (SCANS.test(node['Node Type']) && node['Total Cost'] > Math.max(CHEAP_COST, COST_PER_ROW * node['Plan Rows'])) return true;
    pending.push(...(node.Plans ?? []));
  }
  return false;
}

/** Small partial indexes: they hold only rows that are not finished, or only what is asked by time. */
export function indexAdvice(question: TableQuestion, what: 'open' | 'finished'): string {
  const status = quoteIdentifier(question.statusColumn);
  const name = (suffix: string) => quoteIdentifier(`signalbox_${question.table}`.slice(0, 63 - suffix.length) + suffix);
  if (what === 'finished') {
    return `CREATE INDEX CONCURRENTLY ${name('_finished')} ON ${qualifiedName(question)} (${quoteIdentifier(question.updatedAt ?? question.statusColumn)}) WHERE ${status} = ${quoteLiteral(question.done ?? '')};`;
  }
  const columns = [question.statusColumn, ...Object.keys(question.shares[0]?.where ?? {}).filter((column) => question.shares.every(({ where }) => where[column] !== undefined))];
  const open = Object.values(question.statuses).map(quoteLiteral).join(', ');
  return `CREATE INDEX CONCURRENTLY ${name('_open')} ON ${qualifiedName(question)} (${[...new Set(columns)].map(quoteIdentifier).join(', ')}) WHERE ${status} IN (${open});`;
}

function quoteLiteral(value: string): string {
  return value.includes('\\') ? `E'${value.replaceAll('\\', '\\\\').replaceAll(`'`, `''`)}'` : `'${value.replaceAll(`'`, `''`)}'`;
}
