import { sumMoney } from '@/server/domain/money';
import { askReceivedTotals, type ReroutedMessages } from '@/server/queries/received-messages';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { ReceivedSummary } from './received-view';

/** How many messages an alternate received, of how many cases, and the amount of each case once. */
export async function receivedExtent(clickhouse: ClickHouse, asked: ReroutedMessages, signal: AbortSignal | undefined): Promise<ReceivedSummary> {
  const rows = await askReceivedTotals(clickhouse, asked, signal);
  const total = (of: 'messages' | 'cases' | 'withoutCase') => rows.reduce((sum, row) => sum + row[of], 0);
  const withoutCase = total('withoutCase');
  return {
    messages: String(total('messages')), cases: total('cases'), money: sumMoney(rows.map(({ amount, currency }) => ({ amount: amount ?? '', currency }))),
    note: withoutCase > 0 ? `${withoutCase} of them name no case; their amounts count by themselves.` : '',
  };
}
