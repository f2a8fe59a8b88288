import { z } from 'zod';
import { exactJson } from '@/server/domain/audit/exact-json';
import { csv } from '@/server/domain/csv';
import { audited } from '../../audit/audited';
import { Refusal } from '../../refusal';
import { authorize, type ServiceContext } from '../../service-context';
import { findReceived } from './find-received';
import { toView } from './list-received';
import { loadRerouted } from './rerouted';

/** In one file; more is read page by page. */
const MOST_MESSAGES = 20_000;
const HEADING = ['seenAt', 'messageId', 'case', 'payer', 'facility', 'amount', 'currency', 'decision', 'decidedBy', 'decidedAt', 'reason', 'reference'];

export const exportReceivedInput = z.strictObject({ holdId: z.uuid() });

export interface ReceivedExport {
  /** For the file, e.g. `signalbox-received-charges-2026-01-31T08-00-00Z.csv`. */
  name: string;
  text: string;
  messages: number;
}

/**
 * All that the alternate of a reroute received, within the caller's scope, as CSV, newest first. That somebody took it along is
 * an event of the audit trail.
 *
 * @throws Refusal not-found (also without the permission); invalid when there are more than 20,000, so that no file is cut short
 * in silence
 */
export async function exportReceived(context: ServiceContext, input: z.input<typeof exportReceivedInput>): Promise<ReceivedExport> {
  const { holdId } = exportReceivedInput.parse(input);
  return audited(context, { action: 'hold.export-received', subject: `hold:${holdId}` }, async (_, record) => {
    const scopes = authorize(context, 'messages:read', `Hold ${holdId}`);
    const now = context.now();
    const rerouted = await loadRerouted(context.db, holdId);
    const { flowId } = rerouted.hold;
    record({ flowId });
    const { found, end } = await findReceived(context, rerouted, { scopes, filter: {}, standing: undefined, now, limit: MOST_MESSAGES, after: null });
    if (end !== null) throw new Refusal('invalid', `The alternate received more than ${MOST_MESSAGES.toLocaleString('en')} messages. Read them page by page: GET /api/v1/holds/${holdId}/received.`);
    record({ after: exactJson({ messages: found.length }) });
    const lines = found.map(toView).map(({ seenAt, messageId, caseLabel, payerId, facilityId, amount, decision }) => [
      seenAt, messageId, caseLabel, payerId, facilityId, amount?.amount, amount?.currency, decision?.decision, decision?.by, decision?.at, decision?.reason, decision?.reference,
    ]);
    return { name: `signalbox-received-${flowId}-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.csv`, text: csv([HEADING, ...lines]), messages: found.length };
  });
}
