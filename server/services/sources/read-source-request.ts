import type { z } from 'zod';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { readSourceRequestInput } from '@/server/domain/sources/source-input';
import { giveUpOldRequests, toSourceRequestView } from './source-requests';
import type { SourceRequestView } from './source-view';

/** A test or discovery with its answer, as soon as there is one. @throws Refusal not-found */
export async function readSourceRequest(context: ServiceContext, input: z.input<typeof readSourceRequestInput>): Promise<SourceRequestView> {
  authorize(context, 'sources:read', `Request ${input.requestId}`);
  const { requestId } = readSourceRequestInput.parse(input);
  const read = () => context.db.query.sourceRequests.findFirst({ where: (row, { eq }) => eq(row.id, requestId) });
  let row = await read();
  if (row && (row.state === 'waiting' || row.state === 'running')) {
    await giveUpOldRequests(context.db, context.now());
    row = await read();
  }
  if (!row) throw new Refusal('not-found', `Request ${requestId} was not found: answers are kept for a day.`);
  return toSourceRequestView(row);
}
