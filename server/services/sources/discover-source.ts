import type { z } from 'zod';
import { authorize } from '../service-context';
import { changeSource, declaringFile, notInConsole } from './change-sources';
import { ask, giveUpOldRequests, toSourceRequestView } from './source-requests';
import type { SourceContext } from './source-context';
import { discoverSourceInput } from '@/server/domain/sources/source-input';
import type { SourceRequestView } from './source-view';

/**
 * Has a collector look for the channels of a source and draft contracts; the answer is read with the id. A discovery of
 * the source that is under way already is joined instead of begun again.
 *
 * @throws Refusal not-found, too-many-requests
 */
export async function discoverSource(context: SourceContext, input: z.input<typeof discoverSourceInput>): Promise<SourceRequestView> {
  authorize(context, 'contracts:manage', `Source "${input.sourceId}"`);
  const { sourceId } = discoverSourceInput.parse(input);
  return changeSource(context, sourceId, async ({ tx, stored, active }) => {
    if (!stored && declaringFile(active, sourceId) === null) throw notInConsole(active, sourceId);
    await giveUpOldRequests(tx, context.now());
    const running = await tx.query.sourceRequests.findFirst({
      where: (row, { and, eq, inArray }) => and(eq(row.sourceId, sourceId), eq(row.kind, 'discover'), inArray(row.state, ['waiting', 'running'])),
    });
    return toSourceRequestView(running ?? await ask(tx, context, { sourceId, kind: 'discover', candidate: null }));
  });
}
