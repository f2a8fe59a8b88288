import type { HopFigures } from '@/server/domain/health/flow-view';
import { formatCount, formatPercent, formatRate } from '../../../../_ui/format/number';
import { oldestWords } from './backlog-words';

/** A hop in one line, for where there is no room for its figures; what is wrong comes first. */
export function hopInShort({ backlog, enteredPerMinute, leftPerMinute, errorRate }: HopFigures): string {
  const rates = `${formatRate(backlog?.enteredPerMinute ?? enteredPerMinute)} in, ${formatRate(backlog?.leftPerMinute ?? leftPerMinute)} out per minute`;
  return [
    ...(errorRate !== null && errorRate > 0 ? [`${formatPercent(errorRate)} errors`] : []),
    ...(backlog === null ? [] : backlog.problem === null ? [waiting(backlog)] : ['backlog not known']),
    rates,
  ].join(' · ');
}

function waiting(backlog: NonNullable<HopFigures['backlog']>): string {
  if (backlog.waiting === '0') return 'nothing waits';
  return `${formatCount(backlog.waiting)} waiting, oldest ${oldestWords(backlog).text}`;
}
