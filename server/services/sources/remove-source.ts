import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { problemsOfChange } from '@/server/domain/contracts/console-change';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { changeSource, notInConsole } from './change-sources';
import { sourceForAudit } from './source-for-audit';
import type { SourceContext } from './source-context';
import { removeSourceInput } from '@/server/domain/sources/source-input';

/**
 * Removes a source of the product with its credentials. Facts that were collected stay. Refused while a contract names the
 * source, drafts included, because they match telemetry too; a retired flow does not keep it.
 *
 * @throws Refusal not-found; conflict with the names of the contracts, or when it is declared by a file
 */
export async function removeSource(context: SourceContext, input: z.input<typeof removeSourceInput>): Promise<{ id: string }> {
  const { sourceId } = removeSourceInput.parse(input);
  await changeSource(context, { sourceId, action: 'source.remove', permission: 'sources:manage' }, async ({ tx, stored, active, state, record }) => {
    if (!stored) throw notInConsole(active, sourceId);
    record({ before: sourceForAudit(stored) });
    const problems = problemsOfChange(active.documents, state, { ...state, sources: state.sources.filter(({ id }) => id !== sourceId) });
    if (problems.length > 0) {
      const users = [...new Set(problems.map(({ file }) => file))];
      throw new Refusal('conflict', `Source "${stored.name}" is in use by ${users.join(', ')}. Change or retire these contracts first, or disable the source.`, {
        issues: problems.map(({ file, line, rule, message }) => ({ field: null, file, line, rule, message })),
      });
    }
    await tx.delete(schema.sourceConnections).where(eq(schema.sourceConnections.sourceId, sourceId));
    await tx.delete(schema.sourceRequests).where(eq(schema.sourceRequests.sourceId, sourceId));
  });
  return { id: sourceId };
}
