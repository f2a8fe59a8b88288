import { and, eq, ne, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { authorize } from '../service-context';
import { changeSource, notInConsole } from './change-sources';
import { readSource } from './read-source';
import type { SourceContext } from './source-context';
import { setSourceEnabledInput } from '@/server/domain/sources/source-input';
import type { SourceView } from './source-view';

/**
 * Begins or ends tapping a source. A disabled source is still recognised in telemetry, and flows may name it.
 *
 * @throws Refusal not-found, conflict when it is declared by a file
 */
export async function setSourceEnabled(context: SourceContext, input: z.input<typeof setSourceEnabledInput>): Promise<SourceView> {
  authorize(context, 'sources:manage', `Source "${input.sourceId}"`);
  const { sourceId, enabled } = setSourceEnabledInput.parse(input);
  await changeSource(context, sourceId, async ({ tx, stored, active }) => {
    if (!stored) throw notInConsole(active, sourceId);
    const { sourceConnections } = schema;
    await tx.update(sourceConnections)
      .set({ enabled, revision: sql`${sourceConnections.revision} + 1`, updatedBy: actorLabel(context.actor), updatedAt: context.now() })
      .where(and(eq(sourceConnections.sourceId, sourceId), ne(sourceConnections.enabled, enabled)));
  });
  return readSource(context, { sourceId });
}
