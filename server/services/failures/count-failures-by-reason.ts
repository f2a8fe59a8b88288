import { askFailureReasons } from '@/server/queries/failed-messages';
import type { ServiceContext } from '../service-context';
import { failureQuestion, type FailureFilter } from './failure-filter';
import type { FailureReasons } from './failed-message-view';

/**
 * How many messages of a flow are failed within the caller's scope, by reason.
 *
 * @throws Refusal not-found (also without the permission), invalid
 */
export async function countFailuresByReason(context: ServiceContext, input: FailureFilter): Promise<FailureReasons> {
  const rows = await askFailureReasons(context.clickhouse, await failureQuestion(context, input), context.signal);
  return {
    items: rows.map(({ reason, messages, firstMs, lastMs }) => ({
      reason: reason || null, messages, firstAt: new Date(firstMs).toISOString(), lastAt: new Date(lastMs).toISOString(),
    })),
    asOf: context.now().toISOString(),
  };
}
