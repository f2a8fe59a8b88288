import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { changeSource, declaringFile, refuseContradictions } from './change-sources';
import { defaultMatch } from './default-match';
import { nameSystem } from './name-system';
import { readSource } from './read-source';
import { sealCredentials } from './seal-credentials';
import { sourceForAudit } from './source-for-audit';
import type { SourceContext } from './source-context';
import { sourceInput, type SourceInput } from '@/server/domain/sources/source-input';
import type { SourceView } from './source-view';

/**
 * Adds a source. A collector with the role taps begins to tap it within seconds, if it is enabled and has a user to look with.
 *
 * @throws Refusal conflict when the id is in use, or when the source would contradict the contracts in force
 * @throws z.ZodError with one issue per field
 */
export async function createSource(context: SourceContext, input: SourceInput): Promise<SourceView> {
  const wanted = sourceInput.parse(input);
  const { id, name, system, kind, settings, enabled } = wanted;
  const match = wanted.match ?? defaultMatch(wanted);
  await changeSource(context, { sourceId: id, action: 'source.create', permission: 'sources:manage' }, async (now) => {
    const file = declaringFile(now.active, id);
    if (file !== null) throw new Refusal('conflict', `Source "${id}" is declared by the contract file ${file}. Change it there, or choose another id.`);
    if (now.stored) throw new Refusal('conflict', `A source with the id "${id}" exists already. Change that one, or choose another id.`);
    refuseContradictions(now, { id, name, system, kind, match });
    const secrets = sealCredentials(context.box, wanted, null);
    now.record({ after: sourceForAudit({ name, system: system.id, kind, match, enabled, settings, ...secrets }) });
    const author = actorLabel(context.actor);
    const at = context.now();
    await now.tx.insert(schema.sourceConnections).values({
      sourceId: id, name, system: system.id, systemName: system.name, kind, match, enabled, settings, ...secrets, createdBy: author, createdAt: at, updatedBy: author, updatedAt: at,
    });
    await nameSystem(now.tx, system);
  });
  return readSource(context, { sourceId: id });
}
