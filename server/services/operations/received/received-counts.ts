import type { ReceivedCounts } from '@/server/domain/operations/received-decision';
import type { Scope } from '@/server/domain/roles/scope';
import { askReceivedByDay } from '@/server/queries/received-messages';
import type { ServiceContext } from '../../service-context';
import { countDecisionsByDay } from './decision-rows';
import { reroutedMessages, type ReceivedFilter, type Rerouted } from './rerouted';

/**
 * What the alternate received, by what was decided of it. Counted day by day: copies of a day go together, and what was
 * decided of them stays, so that an old decision never hides a message that waits for one.
 *
 * @param scopes null: everything
 */
export async function receivedCounts(
  { db, clickhouse, signal }: Pick<ServiceContext, 'db' | 'clickhouse' | 'signal'>, rerouted: Rerouted, told: { scopes: readonly Scope[] | null; filter?: ReceivedFilter; now: Date },
): Promise<ReceivedCounts> {
  const [received, decided] = await Promise.all([
    askReceivedByDay(clickhouse, reroutedMessages(rerouted, told.scopes, told.now, told.filter), signal),
    countDecisionsByDay(db, { holdId: rerouted.hold.id, scopes: told.scopes, ...(told.filter === undefined ? {} : { filter: told.filter }) }),
  ]);
  const counts: ReceivedCounts = { undecided: 0, leave: 0, void: 0, resend: 0 };
  for (const { decision, messages } of decided) counts[decision] += messages;
  for (const { day, messages } of received) counts.undecided += Math.max(0, messages - decided.reduce((sum, one) => sum + (one.day === day ? one.messages : 0), 0));
  return counts;
}
