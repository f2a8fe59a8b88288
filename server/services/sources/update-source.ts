import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { sourceMatch } from '@/server/domain/contracts/sources-schema';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { Refusal, invalidField } from '../refusal';
import { changeSource, notInConsole, refuseContradictions } from './change-sources';
import { nameSystem } from './name-system';
import { readSource } from './read-source';
import { sealCredentials } from './seal-credentials';
import { sourceForAudit } from './source-for-audit';
import type { SourceContext } from './source-context';
import { updateSourceInput } from '@/server/domain/sources/source-input';
import type { SourceView } from './source-view';

/**
 * Makes a source of the product as it is given. Its id and kind stay; a password that is left empty stays too.
 *
 * @throws Refusal not-found; conflict when it was changed meanwhile, is declared by a file, or would contradict the
 * contracts in force; invalid that names the field
 */
export async function updateSource(context: SourceContext, input: z.input<typeof updateSourceInput>): Promise<SourceView> {
  const { revision, source: wanted } = updateSourceInput.parse(input);
  const { id, name, system, kind, settings, enabled } = wanted;
  await changeSource(context, { sourceId: id, action: 'source.update', permission: 'sources:manage' }, async (now) => {
    const { stored, tx } = now;
    if (!stored) throw notInConsole(now.active, id);
    if (stored.kind !== kind) throw invalidField('kind', `cannot be changed: "${id}" is a ${stored.kind} source. Remove it and add another one`);
    const match = wanted.match ?? sourceMatch.array().parse(stored.match);
    refuseContradictions(now, { id, name, system, kind, match });
    const secrets = sealCredentials(context.box, wanted, stored);
    now.record({ before: sourceForAudit(stored), after: sourceForAudit({ name, system: system.id, kind, match, enabled, settings, ...secrets }, stored) });
    const { sourceConnections } = schema;
    const changed = await tx.update(sourceConnections)
      .set({ name, system: system.id, systemName: system.name, match, enabled, settings, ...secrets, revision: revision + 1, updatedBy: actorLabel(context.actor), updatedAt: context.now() })
      .where(and(eq(sourceConnections.sourceId, id), eq(sourceConnections.revision, revision)))
      .returning({ id: sourceConnections.sourceId });
    if (changed.length === 0) throw new Refusal('conflict', `${stored.updatedBy} changed "${stored.name}" at ${stored.updatedAt.toISOString()}. Look at it again, then make your change.`);
    await nameSystem(tx, system);
  });
  return readSource(context, { sourceId: id });
}
