import type { z } from 'zod';
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
  const { sourceId } = discoverSourceInput.parse(input);
  return changeSource(context, { sourceId, action: 'source.discover', permission: 'contracts:manage' }, async ({ tx, stored, active, record }) => {
    if (!stored && declaringFile(active, sourceId) === null) throw notInConsole(active, sourceId);
    await giveUpOldRequests(tx, context.now());
    const running = await tx.query.sourceRequests.findFirst({
      where: (row, { and, eq, inArray }) => and(eq(row.sourceId, sourceId), eq(row.kind, 'discover'), inArray(row.state, ['waiting', 'running'])),
    });
    if (running) record('nothing-changed');
    return toSourceRequestView(running ?? await ask(tx, context, { sourceId, kind: 'discover', candidate: null }));
  });
}
