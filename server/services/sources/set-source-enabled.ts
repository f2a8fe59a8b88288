import { and, eq, ne, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
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
  const { sourceId, enabled } = setSourceEnabledInput.parse(input);
  await changeSource(context, { sourceId, action: enabled ? 'source.enable' : 'source.disable', permission: 'sources:manage' }, async ({ tx, stored, active, record }) => {
    if (!stored) throw notInConsole(active, sourceId);
    record(stored.enabled === enabled ? 'nothing-changed' : { before: { enabled: stored.enabled }, after: { enabled } });
    const { sourceConnections } = schema;
    await tx.update(sourceConnections)
      .set({ enabled, revision: sql`${sourceConnections.revision} + 1`, updatedBy: actorLabel(context.actor), updatedAt: context.now() })
      .where(and(eq(sourceConnections.sourceId, sourceId), ne(sourceConnections.enabled, enabled)));
  });
  return readSource(context, { sourceId });
}
